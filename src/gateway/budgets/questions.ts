import type { PolicyConfig } from '../../policy/config/schema.js'

/** What one person may ask about masked values within a day, UTC. */
export interface QuestionLimits {
  /** Distinct vectors that masked ones are compared with. */
  readonly queries?: number | undefined
  /** Rows that come out of searches. */
  readonly neighbors?: number | undefined
  /** Distinct constants that masked columns are compared with, and distinct conditions on distances. */
  readonly guesses?: number | undefined
}

/** Of a policy; undefined where it bounds none. */
export const questionLimits = ({
  vectors: { queriesPerDay: queries, neighbors },
  predicates: { guesses },
}: Pick<PolicyConfig, 'vectors' | 'predicates'>): QuestionLimits | undefined =>
  (queries ?? neighbors ?? guesses) === undefined ? undefined : { queries, neighbors, guesses }

export type Question = 'queries' | 'guesses'

export const questionKinds = ['queries', 'guesses'] as const satisfies readonly Question[]

export const questionWords: Readonly<Record<keyof QuestionLimits, string>> = {
  queries: 'vectors to compare masked ones with',
  neighbors: 'rows found by distances of masked vectors',
  guesses: 'guesses at masked values',
}

const day = 86_400_000

/** Something that was asked on a day; of `neighbors`, how many rows. */
export interface AskedOnDay {
  readonly subject: string
  /** Start of the day in UTC, milliseconds since 1970. */
  readonly day: number
  readonly kind: keyof QuestionLimits
  readonly key: string
  readonly count: number
}

/** What one person asked on the day that is running, over all sessions and connections. */
export class Questions {
  readonly #clock: () => number
  readonly #changed: (asked: Omit<AskedOnDay, 'subject'>) => void
  #day = -1
  #asked: Record<Question, Set<string>> = { queries: new Set(), guesses: new Set() }
  #neighbors = 0
  #stored = 0

  constructor(clock: () => number, changed: (asked: Omit<AskedOnDay, 'subject'>) => void) {
    this.#clock = clock
    this.#changed = changed
  }

  /**
   * @param closed whether the store takes none at the moment
   * @returns what would be too many; then nothing is counted
   */
  ask(
    wanted: Readonly<Record<Question, readonly string[]>>,
    limits: QuestionLimits,
    closed = false,
  ): Question | 'unnoted' | undefined {
    this.#today()
    const fresh = (kind: Question) => new Set(wanted[kind].filter((key) => !this.#asked[kind].has(key)))
    const counted = questionKinds
      .filter((kind) => limits[kind] !== undefined)
      .map((kind) => [kind, fresh(kind)] as const)
    for (const [kind, keys] of counted)
      if (keys.size > 0 && this.#asked[kind].size + keys.size > (limits[kind] ?? Infinity)) return kind
    if (closed && counted.some(([, keys]) => keys.size > 0)) return 'unnoted'
    for (const [kind, keys] of counted)
      for (const key of keys) {
        this.#asked[kind].add(key)
        this.#changed({ day: this.#day, kind, key, count: 1 })
      }
    return undefined
  }

  used(kind: keyof QuestionLimits): number {
    this.#today()
    return kind === 'neighbors' ? this.#neighbors : this.#asked[kind].size
  }

  /** When counting begins anew. */
  get ends(): number {
    return this.#today() + day
  }

  found(rows: number): void {
    this.#today()
    this.#neighbors += rows
    if (this.#neighbors <= this.#stored) return
    // The store runs ahead, so that after a crash too much counts as used and never too little.
    this.#stored = Math.ceil(this.#neighbors * 1.05) + 20
    this.#changed({ day: this.#day, kind: 'neighbors', key: '', count: this.#stored })
  }

  /** Makes the stored count exact. */
  rest(): void {
    if (this.#stored === this.#neighbors) return
    this.#stored = this.#neighbors
    this.#changed({ day: this.#day, kind: 'neighbors', key: '', count: this.#stored })
  }

  /** From the store: what was asked in an earlier run of the gateway. */
  load({ day: on, kind, key, count }: AskedOnDay): void {
    if (on !== this.#today()) return
    if (kind === 'neighbors') this.#neighbors = this.#stored = count
    else this.#asked[kind].add(key)
  }

  #today(): number {
    const now = Math.floor(this.#clock() / day) * day
    // A clock that was set back must not hand out a new budget.
    if (now > this.#day) {
      this.#day = now
      this.#asked = { queries: new Set(), guesses: new Set() }
      this.#neighbors = this.#stored = 0
    }
    return this.#day
  }
}
