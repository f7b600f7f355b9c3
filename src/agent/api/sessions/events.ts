import type { ApiError } from '../../../lib/api.js'
import { catalogue, type ErrorCode, HoopError } from '../../../lib/errors.js'
import type { SessionEvent } from '../../../lib/api/session-events.js'

/** The last line of an answer that the gateway could not finish. */
export type FailureLine = ApiError & { readonly type: 'error' }

/** @throws {HoopError} what kept the gateway from sending the rest */
export function throwIfFailed<Line extends { readonly type: string }>(
  line: Line | FailureLine,
): asserts line is Exclude<Line, FailureLine> {
  if (line.type === 'error') throw remote(line as FailureLine)
}

/** Event types that this version shows; those of a newer gateway are passed over. */
const known: Readonly<Record<SessionEvent['type'], true>> = {
  start: true,
  statement: true,
  refusal: true,
  approval: true,
  result: true,
  notice: true,
  cancel: true,
  end: true,
}

/** Whether this version knows the event. */
export const isKnown = ({ type }: SessionEvent): boolean => Object.hasOwn(known, type)

/**
 * Events as the gateway sent them. It gives up readers that take nothing for a while, and somebody who paused a replay is
 * one: so a connection that breaks is opened again, and what was seen is passed over.
 * @param open asks for all events from the first
 * @throws {HoopError} what kept the gateway from sending the rest, after the events before it
 */
export async function* received(
  open: () => AsyncIterable<SessionEvent | FailureLine>,
): AsyncGenerator<SessionEvent, void> {
  for (let seen = 0, before = -1; ;) {
    try {
      let position = 0
      for await (const line of open()) {
        throwIfFailed(line)
        if (position++ < seen) continue
        seen++
        if (isKnown(line)) yield line
      }
      return
    } catch (error) {
      const broken = error instanceof HoopError && error.code === 'GATEWAY_UNREACHABLE'
      if (!broken || seen <= before || seen === 0) throw error
      before = seen
    }
  }
}

const remote = ({ code, message, hint }: FailureLine): HoopError => {
  const error = new HoopError(Object.hasOwn(catalogue, code) ? (code as ErrorCode) : 'RECORDING_DAMAGED', '', { hint })
  error.message = message
  return error
}
