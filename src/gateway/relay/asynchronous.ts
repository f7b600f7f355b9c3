import { notification, readNotification, readParameterStatus } from '../../wire/backend.js'
import { readErrorFields } from '../../wire/error-fields.js'
import type { Outbox } from '../../wire/outbox.js'
import { Backend } from '../../wire/tags.js'
import { assertPinned } from './pinned.js'
import { quoted } from './quoted.js'
import { scrubbed } from './refusal.js'
import type { RelayState } from './state.js'

export const isAsynchronous = (tag: number): boolean =>
  tag === Backend.Notice || tag === Backend.ParameterStatus || tag === Backend.Notification

/** A setting that the server reports. @throws {HoopError} SETTING_PINNED, whether or not the client may hear of it */
export const checkSetting = ({ guard, searchPath }: RelayState, buffer: Buffer, start: number, end: number): void => {
  const { name, value } = readParameterStatus(buffer, start, end)
  if (guard) assertPinned(name, value)
  searchPath.report(name, value)
}

/**
 * Messages that may come at any time and answer nothing, settings aside.
 * @see PostgreSQL documentation, "Asynchronous Operations"
 */
export const asynchronous = (
  state: RelayState,
  out: Outbox,
  /** The statement touches masked columns: the text may quote them. */
  scrub: boolean,
  tag: number,
  buffer: Buffer,
  start: number,
  end: number,
): void => {
  if (tag === Backend.Notice && scrub) {
    if (!state.guard?.clear) return out.put(scrubbed('notice', buffer, start, end))
  } else if (tag === Backend.Notice) {
    const { message, instead } = quoted(state.guard, 'notice', readErrorFields(buffer, start, end))
    state.journal.notice('notice', message)
    if (instead) return out.put(instead)
  } else {
    const sent = readNotification(buffer, start, end)
    const payload = state.guard?.scans?.ofText(sent.payload, state.guard.maskKey)
    state.journal.notice('notification', `${sent.channel}: ${payload ?? sent.payload}`)
    if (payload !== undefined && !state.guard?.clear) return out.put(notification({ ...sent, payload }))
  }
  out.keep(buffer, start, end)
}
