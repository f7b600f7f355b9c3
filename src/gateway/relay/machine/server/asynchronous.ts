import { notification, readNotification, readParameterStatus } from '../../../../wire/backend.js'
import { readErrorFields } from '../../../../wire/error-fields.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Backend } from '../../../../wire/tags.js'
import { redacted, withoutText } from '../../rows/redaction.js'
import { assertPinned } from './settings.js'
import type { State } from '../state.js'

export const isAsynchronous = (tag: number): boolean =>
  tag === Backend.Notice || tag === Backend.ParameterStatus || tag === Backend.Notification

/** A setting that the server reports. @throws {HoopError} SETTING_PINNED, whether or not the client may hear of it */
export const checkSetting = ({ guard, searchPath }: State, buffer: Buffer, start: number, end: number): void => {
  const { name, value } = readParameterStatus(buffer, start, end)
  if (guard) assertPinned(name, value)
  searchPath.report(name, value)
}

/**
 * Messages that may come at any time and answer nothing, settings aside.
 * @param masked the statement touches masked columns: the text may quote them
 * @see PostgreSQL documentation, "Asynchronous Operations"
 */
export const asynchronous = (
  { guard, journal }: State,
  out: Outbox,
  masked: boolean,
  tag: number,
  buffer: Buffer,
  start: number,
  end: number,
): void => {
  if (tag === Backend.Notice && masked) {
    if (!guard?.clear) return out.put(withoutText('notice', buffer, start, end))
  } else if (tag === Backend.Notice) {
    const { message, instead } = redacted(guard, 'notice', readErrorFields(buffer, start, end))
    journal.notice('notice', message)
    if (instead) return out.put(instead)
  } else {
    const sent = readNotification(buffer, start, end)
    const payload = guard?.scans?.ofText(sent.payload, guard.maskKey)
    journal.notice('notification', `${sent.channel}: ${payload ?? sent.payload}`)
    if (payload !== undefined && !guard?.clear) return out.put(notification({ ...sent, payload }))
  }
  out.keep(buffer, start, end)
}
