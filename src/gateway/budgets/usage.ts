import type { HourOfUse } from '../../store/usage.js'
import { type Counts, nothing } from './counts.js'
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
  /** Told of counts that could not be written: once, until they can be again. */
  readonly failed: (error: unknown) => void
  /** Looks at a person who has just got something. */
  readonly watch?: (person: PersonUsage) => void
  readonly clock?: () => number
  /** Milliseconds without use after which the exact count is written. */
  readonly quiet?: number
  /** Milliseconds after which what the store did not take is written again. */
  readonly again?: number
}

interface Account {
  readonly person: PersonUsage
  hour: number
  /** Whether the store has, or was asked to note, more than was counted. */
  isAhead: boolean
  quiet?: NodeJS.Timeout | undefined
  /** Of each question that the store has not taken yet, the last. */
  readonly questions: Map<string, AskedOnDay>
  again?: NodeJS.Timeout | undefined
}

/** What each person got at this gateway: counted in memory, shared by all of their sessions, kept in the store. */
export class Usage implements AsyncDisposable {
  readonly #accounts = new Map<string, Account>()
  readonly #options: Required<UsageOptions>

  constructor(options: UsageOptions) {
    this.#options = { clock: Date.now, quiet: 1000, again: 1000, watch: () => undefined, ...options }
  }

  /** Takes up what was counted in the day that is running. @throws {HoopError} STORE_FAILED */
  static async open(options: UsageOptions): Promise<Usage> {
    const usage = new Usage(options)
    const now = usage.#options.clock()
    for (const hour of await options.store.since(windowStart('day', now))) {
      const account = usage.#account(hour.subject)
      account.person.load(hour.hour, hour)
      if (hour.hour === account.hour)
        account.person.lease.begin({ rows: hour.rows, bytes: hour.bytes, vectors: hour.vectors })
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
    const accounts = [...this.#accounts.values()]
    for (const account of accounts) {
      clearTimeout(account.again)
      if (!account.quiet) continue
      clearTimeout(account.quiet)
      account.person.questions.rest()
    }
    await Promise.all(
      accounts.filter(({ isAhead }) => isAhead).map((account) => this.#write(account, account.person.used('hour'))),
    )
  }

  #account(subject: string): Account {
    const known = this.#accounts.get(subject)
    if (known) return known
    const { clock } = this.#options
    const person = new PersonUsage(
      subject,
      clock,
      () => this.#changed(account),
      (asked) => void this.#ask(account, { subject, ...asked }),
    )
    const account: Account = {
      ...{ person, hour: windowStart('hour', clock()), isAhead: false },
      questions: new Map<string, AskedOnDay>(),
    }
    this.#accounts.set(subject, account)
    return account
  }

  #changed(account: Account): void {
    const { clock, quiet, watch } = this.#options
    const { lease } = account.person
    const hour = windowStart('hour', clock())
    if (hour > account.hour) {
      account.hour = hour
      lease.begin(nothing())
    }
    account.isAhead = true
    const next = lease.use(account.person.used('hour'))
    if (next) void this.#write(account, next)
    watch(account.person)
    if (account.quiet) account.quiet.refresh()
    else account.quiet = setTimeout(() => this.#rest(account), quiet).unref()
  }

  #rest(account: Account): void {
    account.quiet = undefined
    account.person.questions.rest()
    // Where the hour has ended meanwhile, its last count stands a little too high and nobody is the worse for it.
    if (windowStart('hour', this.#options.clock()) === account.hour) {
      account.isAhead = false
      void this.#write(account, account.person.used('hour'))
    }
  }

  async #write(account: Account, wanted: Readonly<Counts>): Promise<void> {
    const { person, hour } = account
    const counts = { ...wanted }
    person.lease.ask(counts)
    try {
      await this.#options.store.put({ subject: person.subject, hour, ...counts })
    } catch (error) {
      return this.#failed(account, error)
    }
    if (account.hour === hour) person.lease.noted(counts)
  }

  async #ask(account: Account, asked: AskedOnDay): Promise<void> {
    const key = `${asked.kind} ${asked.key}`
    account.questions.set(key, asked)
    account.person.lease.questions = account.questions.size
    try {
      await this.#options.store.ask?.(asked)
    } catch (error) {
      return this.#failed(account, error)
    }
    if (account.questions.get(key) === asked) account.questions.delete(key)
    account.person.lease.questions = account.questions.size
  }

  #failed(account: Account, error: unknown): void {
    if (account.person.lease.fail()) this.#options.failed(error)
    account.again ??= setTimeout(() => this.#again(account), this.#options.again).unref()
  }

  #again(account: Account): void {
    account.again = undefined
    const { person, questions, isAhead } = account
    // Also where a question alone was not taken: a count that is shows that the store is well again.
    void this.#write(account, isAhead ? person.lease.next() : person.used('hour'))
    for (const asked of [...questions.values()]) void this.#ask(account, asked)
  }
}
