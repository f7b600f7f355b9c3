import type { SessionEnd } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'

/** How long a session may last, milliseconds; null or absent where that is not limited. */
export interface SessionTimes {
  /** Without a message of the client while nothing runs for it; a transaction that is open makes no difference. */
  readonly idle?: number | null | undefined
  /** In all, whatever it does. */
  readonly longest?: number | null | undefined
}

/** What the clock looks at, and what it does. Moments are those of performance.now(). */
export interface Timed {
  /** Whether it is the client's turn. */
  readonly waiting: boolean
  /** When the client last said something, or got an answer. */
  readonly activeAt: number
  /** Tells the client, as soon as the protocol allows. */
  notice(text: string, hint: string): void
  end(error: HoopError, end: SessionEnd): void
  readonly finished: Promise<unknown>
}

const MINUTE = 60_000
/** setTimeout counts in 32 bits. */
const LONGEST = 2 ** 31 - 1

/** How long before its end a session is warned: a minute, or a tenth of what is shorter than ten. */
const ahead = (limit: number): number => Math.min(MINUTE, limit / 10)

/** One limit: how much of it is used up now, and what to say. */
interface Limit {
  readonly limit: number
  readonly used: (now: number) => number
  readonly error: 'SESSION_IDLE' | 'SESSION_TOO_LONG'
  readonly warning: (left: string) => string
  /** The warning was given, and holds. */
  warned: boolean
}

/**
 * Watches over a session's times: warns by a NOTICE, then ends it. One timer, set to the next moment at which something
 * could be due and set anew from there, so that what the session does meanwhile costs nothing.
 */
class SessionClock {
  readonly #session: Timed
  readonly #limits: readonly Limit[]
  #timer: NodeJS.Timeout | undefined

  constructor(session: Timed, { idle, longest }: SessionTimes) {
    const began = performance.now()
    this.#session = session
    this.#limits = [
      limitOf(
        longest,
        'SESSION_TOO_LONG',
        (now) => now - began,
        (left) => `this session ends in ${left}`,
      ),
      limitOf(
        idle,
        'SESSION_IDLE',
        (now) => (session.waiting ? now - session.activeAt : 0),
        (left) => `this session is idle and ends in ${left}`,
      ),
    ].filter((limit) => limit !== undefined)
    if (this.#limits.length === 0) return
    this.#look()
    void session.finished.finally(() => clearTimeout(this.#timer))
  }

  #look(): void {
    const now = performance.now()
    let next = LONGEST
    for (const one of this.#limits) {
      const left = one.limit - one.used(now)
      if (left <= 0) return this.#session.end(new HoopError(one.error, `the limit is ${words(one.limit)}`), 'lapsed')
      const untilWarning = left - ahead(one.limit)
      if (untilWarning <= 0 && !one.warned)
        this.#session.notice(one.warning(words(left)), `The limit is ${words(one.limit)}.`)
      one.warned = untilWarning <= 0
      next = Math.min(next, one.warned ? left : untilWarning)
    }
    this.#timer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(next))).unref()
  }
}

const limitOf = (
  limit: number | null | undefined,
  error: Limit['error'],
  used: Limit['used'],
  warning: Limit['warning'],
): Limit | undefined => (limit == null ? undefined : { limit, used, error, warning, warned: false })

/** A length of time for people: `90 s`, `5 min`, `8 h`. */
const words = (ms: number): string => {
  if (ms < 2 * MINUTE) return `${Math.ceil(ms / 1000)} s`
  return ms < 120 * MINUTE ? `${Math.round(ms / MINUTE)} min` : `${Math.round(ms / (6 * MINUTE)) / 10} h`
}

/** Ends a session after its times, from now on; says so before. Until the session has finished. */
export const watchTimes = (session: Timed, times: SessionTimes = {}): void => void new SessionClock(session, times)
