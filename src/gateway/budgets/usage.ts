import type { HourOfUse } from '../../store/usage.js'
import { type Counts, nothing, type Unit, units } from './counts.js'
import { PersonUsage, windowStart } from './person-usage.js'
import type { AskedOnDay } from './questions.js'

/** What usage needs of the store. */
export interface UsageStore {
  since(time: number): Promise<readonly HourOfUse[]>
  put(hour: HourOfUse): Promise<void>
  /** What was asked about masked values from a day on, and asking. */
  askedSince?(day: number): Promise<readonly AskedOnDay[]>
  ask?(asked: AskedOnDay): Promise<void>
}

export interface UsageOptions {
  readonly store: UsageStore
  /** Told of counts that could not be written. */
  readonly failed: (error: unknown) => void
  /** Looks at a person who has just got something. */
  readonly watch?: (person: PersonUsage) => void
  readonly clock?: () => number
  /** Milliseconds without use after which the exact count is written. */
  readonly quiet?: number
}

/**
 * The count in the store runs ahead of the real one by this much and a tenth, so that after a crash too much counts as
 * used and never too little; it is made exact as soon as the person rests.
 */
const ahead: Record<Unit, number> = { rows: 1000, bytes: 1_000_000, vectors: 100 }

interface Account {
  readonly person: PersonUsage
  hour: number
  stored: Counts
  timer?: NodeJS.Timeout | undefined
}

/** What each person got at this gateway: counted in memory, shared by all of their sessions, kept in the store. */
export class Usage implements AsyncDisposable {
  readonly #accounts = new Map<string, Account>()
  readonly #options: Required<UsageOptions>

  constructor(options: UsageOptions) {
    this.#options = { clock: Date.now, quiet: 1000, watch: () => undefined, ...options }
  }

  /** Takes up what was counted in the day that is running. @throws {HoopError} STORE_FAILED */
  static async open(options: UsageOptions): Promise<Usage> {
    const usage = new Usage(options)
    const now = usage.#options.clock()
    for (const hour of await options.store.since(windowStart('day', now))) {
      const account = usage.#account(hour.subject)
      account.person.load(hour.hour, hour)
      if (hour.hour === account.hour) account.stored = { rows: hour.rows, bytes: hour.bytes, vectors: hour.vectors }
    }
    for (const asked of (await options.store.askedSince?.(windowStart('day', now))) ?? [])
      usage.person(asked.subject).questions.load(asked)
    return usage
  }

  person(subject: string): PersonUsage {
    return this.#account(subject).person
  }

  /** Writes exact counts. Call it before the store is disposed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const open = [...this.#accounts.values()].filter(({ timer }) => timer)
    for (const { timer, person } of open) {
      clearTimeout(timer)
      person.questions.rest()
    }
    await Promise.all(open.map((account) => this.#write(account, account.person.used('hour'))))
  }

  #account(subject: string): Account {
    const known = this.#accounts.get(subject)
    if (known) return known
    const { clock } = this.#options
    const asked = (each: Omit<AskedOnDay, 'subject'>): void =>
      void this.#options.store.ask?.({ subject, ...each }).catch(this.#options.failed)
    const person = new PersonUsage(subject, clock, () => this.#changed(account), asked)
    const account: Account = { person, hour: windowStart('hour', clock()), stored: nothing() }
    this.#accounts.set(subject, account)
    return account
  }

  #changed(account: Account): void {
    const { clock, quiet } = this.#options
    const hour = windowStart('hour', clock())
    if (hour > account.hour) {
      account.hour = hour
      account.stored = nothing()
    }
    const used = account.person.used('hour')
    if (units.some((unit) => used[unit] > account.stored[unit])) {
      const more = (unit: Unit) => Math.ceil(used[unit] * 1.1) + ahead[unit]
      void this.#write(account, { rows: more('rows'), bytes: more('bytes'), vectors: more('vectors') })
    }
    this.#options.watch(account.person)
    if (account.timer) account.timer.refresh()
    else account.timer = setTimeout(() => this.#rest(account), quiet).unref()
  }

  #rest(account: Account): void {
    account.timer = undefined
    account.person.questions.rest()
    // Where the hour has ended meanwhile, its last count stands a little too high and nobody is the worse for it.
    if (windowStart('hour', this.#options.clock()) === account.hour)
      void this.#write(account, account.person.used('hour'))
  }

  async #write(account: Account, counts: Readonly<Counts>): Promise<void> {
    account.stored = { ...counts }
    const { subject } = account.person
    await this.#options.store.put({ subject, hour: account.hour, ...counts }).catch(this.#options.failed)
  }
}
