import { HoopError } from '../../lib/errors.js'
import type { SessionEvent } from '../../lib/api/session-events.js'
import { durationOf } from '../../lib/when.js'

export interface Pace {
  /** Times real speed. */
  readonly speed: number
  /** Longest pause between two events at real speed, ms. */
  readonly idleCap: number
  /** Number of the statement to begin with. */
  readonly from: number
}

export interface Cue {
  /** Milliseconds to wait before showing the event. */
  readonly wait: number
  readonly event: SessionEvent
}

/** When to show what: events with the pauses between them, shortened. What comes before statement `from` is left out. */
export async function* timeline(
  events: AsyncIterable<SessionEvent> | Iterable<SessionEvent>,
  { speed, idleCap, from }: Pace,
): AsyncGenerator<Cue> {
  let begun = from <= 1
  let last: number | undefined
  for await (const event of events) {
    begun ||= 'n' in event && event.n >= from && event.type !== 'result'
    if (!begun && event.type !== 'start' && event.type !== 'end') continue
    const pause = begun && last !== undefined ? Math.max(0, event.at - last) : 0
    if (begun) last = event.at
    yield { wait: Math.min(pause, idleCap) / speed, event }
  }
}

/**
 * A pace as people write it.
 * @param speed `2`, `0.5` or `2x`
 * @param idleCap `500ms`, `2s`
 * @throws {HoopError} USAGE
 */
export function paceOf(speed: string, idleCap: string, from: number): Pace {
  const [, factor] = /^(\d+(?:\.\d+)?)x?$/.exec(speed) ?? []
  if (factor === undefined || Number(factor) <= 0) throw new HoopError('USAGE', `--speed ${speed}: write 2 or 0.5`)
  return { speed: Number(factor), idleCap: durationOf(idleCap), from }
}
