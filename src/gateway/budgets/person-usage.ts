import { type Counts, nothing, units } from './counts.js'
import { Lease } from './lease.js'
import { type AskedOnDay, Questions } from './questions.js'

const hour = 3_600_000

export const windows = { hour, day: 24 * hour } as const
export type Window = keyof typeof windows

/** Start of the clock hour or calendar day in UTC that a time lies in, milliseconds. */
export const windowStart = (per: Window, time: number): number => Math.floor(time / windows[per]) * windows[per]

/** Statements of one person that are remembered for having gone beyond a budget. */
const MAX_EXCEEDED = 1000

interface Running {
  readonly start: number
  readonly used: Counts
  readonly told: Set<string>
}

/** What one person got in the hour and the day that are running, over all of their sessions at this gateway. */
export class PersonUsage {
  readonly subject: string
  readonly #clock: () => number
  readonly #changed: (person: PersonUsage) => void
  readonly #counts: Record<Window, Running>
  readonly #exceeded = new Map<string, number>()

  readonly questions: Questions
  /** What may be used before the store notes more of it. */
  readonly lease = new Lease()

  constructor(
    subject: string,
    clock: () => number,
    changed: (person: PersonUsage) => void,
    asked: (asked: Omit<AskedOnDay, 'subject'>) => void = () => undefined,
  ) {
    this.questions = new Questions(clock, asked)
    this.subject = subject
    this.#clock = clock
    this.#changed = changed
    const fresh = () => ({ start: -1, used: nothing(), told: new Set<string>() })
    this.#counts = { hour: fresh(), day: fresh() }
  }

  /** What was used in the window that is running now. */
  used(per: Window): Counts {
    return this.#current(per).used
  }

  /** When the window that is running now ends, and counting begins anew. */
  ends(per: Window): number {
    return this.#current(per).start + windows[per]
  }

  /** @returns whether it is the first time that this is said in the window that is running now */
  first(per: Window, what: string): boolean {
    const { told } = this.#current(per)
    if (told.has(what)) return false
    told.add(what)
    return true
  }

  add(counts: Counts): void {
    for (const per of ['hour', 'day'] as const) {
      const { used } = this.#current(per)
      for (const unit of units) used[unit] += counts[unit]
    }
    this.#changed(this)
  }

  /** A statement went beyond a budget for which an approval can be asked. @param statement its key */
  exceed(statement: string, budget: string): void {
    const key = `${statement} ${budget}`
    this.#exceeded.delete(key)
    if (this.#exceeded.size >= MAX_EXCEEDED) this.#exceeded.delete(this.#exceeded.keys().next().value!)
    this.#exceeded.set(key, this.#clock())
  }

  /** Whether it did in the last hour. */
  exceeded(statement: string, budget: string): boolean {
    const at = this.#exceeded.get(`${statement} ${budget}`)
    return at !== undefined && this.#clock() - at < hour
  }

  /** From the store: what was used in an earlier run of the gateway. */
  load(start: number, counts: Counts): void {
    for (const per of ['hour', 'day'] as const) {
      const current = this.#current(per)
      if (windowStart(per, start) === current.start) for (const unit of units) current.used[unit] += counts[unit]
    }
  }

  #current(per: Window): Running {
    const current = this.#counts[per]
    const start = windowStart(per, this.#clock())
    // A clock that was set back must not hand out a new budget.
    if (start <= current.start) return current
    return (this.#counts[per] = { start, used: nothing(), told: new Set() })
  }
}
