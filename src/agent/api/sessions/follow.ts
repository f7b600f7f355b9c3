import type { PositionLine } from '../../../lib/api/position-line.js'
import type { SessionEvent } from '../../../lib/api/session-events.js'
import { HoopError } from '../../../lib/errors.js'
import { type FailureLine, isKnown, throwIfFailed } from './events.js'
import { Pauses } from '../reach/pauses.js'

/** Seconds that the gateway keeps a question open. */
const wait = 20

type Line = SessionEvent | FailureLine | PositionLine

/** The gateway or the network may be back soon; any other error stays. */
const passes = (error: unknown): boolean =>
  error instanceof HoopError && (error.exit === 75 || ['GATEWAY_UNREACHABLE', 'IDP_UNREACHABLE'].includes(error.code))

/**
 * The events of a session as they are recorded, until it has ended. Each answer of the gateway's is asked for anew, with a proof of its own;
 * one that breaks off is asked for again, and what was seen of it is passed over.
 * @param ask for one answer, by its path and query
 * @param trouble is told why nothing is seen just now
 * @throws {HoopError} what asking again will not mend
 */
export async function* followSession(
  ask: (path: string) => AsyncIterable<Line>,
  id: string,
  { signal, trouble }: { readonly signal: AbortSignal; readonly trouble: (why: string) => void },
): AsyncGenerator<SessionEvent, void> {
  const path = `/v1/sessions/${encodeURIComponent(id)}/following`
  let after: string | undefined
  let seen = 0
  const pauses = new Pauses()
  while (!signal.aborted) {
    try {
      let number = 0
      let next: PositionLine | undefined
      for await (const line of ask(
        after === undefined ? path : `${path}?${new URLSearchParams({ after, wait: String(wait) }).toString()}`,
      )) {
        throwIfFailed(line)
        if (line.type === 'position') next = line
        else if (number++ >= seen) {
          seen++
          if (isKnown(line)) yield line
        }
      }
      if (next === undefined) throw new HoopError('GATEWAY_UNREACHABLE', 'its answer broke off')
      ;({ after } = next)
      pauses.over()
      seen = 0
      if (!next.live) return
    } catch (error) {
      if (signal.aborted || !passes(error)) throw error
      trouble((error as HoopError).message)
      await pauses.next(signal)
    }
  }
}
