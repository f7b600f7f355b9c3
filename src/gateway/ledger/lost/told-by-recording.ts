import type { SessionSummary } from '../../../lib/api.js'
import { EventCounter } from '../../../recording/counters.js'
import type { EndEvent, StartEvent } from '../../../recording/events.js'
import { readRecording } from '../../../recording/reader.js'

/** A session as its recording tells it. */
export interface ToldByRecording {
  /** As the file's header has it. */
  readonly session: string
  readonly start: StartEvent
  readonly end?: EndEvent
  readonly counters: SessionSummary['counters']
  readonly seenClear: boolean
}

/**
 * Reads a recording to its end.
 * @returns undefined where it doesn't begin
 * @throws {HoopError} NOT_FOUND, RECORDING_DAMAGED, RECORDING_UNREADABLE
 */
export const toldByRecording = async (path: string): Promise<ToldByRecording | undefined> => {
  const counter = new EventCounter()
  let start: StartEvent | undefined
  let end: EndEvent | undefined
  let seenClear = false
  const events = readRecording(path)
  let step = await events.next()
  for (; !step.done; step = await events.next()) {
    const event = step.value
    if (event.type === 'start') start ??= event
    if (event.type === 'end') end = event
    if (event.type === 'result' && event.seenClear) seenClear = true
    counter.add(event)
  }
  const { session } = step.value.header
  return start && { session, start, ...(end && { end }), counters: counter.counters, seenClear }
}

/** The row of a session's beginning. */
export const rowOfStart = (start: StartEvent, counters: SessionSummary['counters']): SessionSummary => ({
  ...{ id: start.session, subject: start.subject, name: start.name, connection: start.connection },
  ...(start.owner && { owner: start.owner }),
  grantId: start.grant,
  ...(start.client.application !== undefined && { clientApplication: start.client.application }),
  ...(start.client.address !== undefined && { clientAddress: start.client.address }),
  ...{ startedAt: start.time, counters, policyHash: start.policy.hash, seenClear: false },
})
