/** What goes to the index of statements about one session. Times are milliseconds since 1970. */
export interface SessionEntry {
  readonly id: string
  readonly subject: string
  readonly name: string
  readonly owner: string | null
  readonly ownerName: string | null
  readonly connection: string
  readonly startedAt: number
}

/** What left. */
export interface Sums {
  readonly rows: number
  readonly bytes: number
  readonly vectors: number
}

/** A column that was shown: what it says and how much of it left. */
export interface ShownColumn extends Sums {
  /** `schema.table.column`, `schema.table.*` or `schema.table.(computed)` */
  readonly column: string
  readonly masked: boolean
}

/** How a statement began, or why it did not. */
export interface Begun {
  readonly at: number
  /** Cut. */
  readonly text: string
  readonly kinds: readonly string[]
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  readonly verdict: 'running' | 'refused'
  readonly code?: string
  readonly rule?: string
  readonly approval?: string
  readonly outcome?: string
  readonly approvedBy?: readonly string[]
  /** Rules that had to do with it. */
  readonly rules: readonly string[]
}

/** What a result adds. A text of several statements has several. */
export interface Ended extends Sums {
  readonly verdict: 'ran' | 'error' | 'skipped' | 'cut'
  readonly sqlstate?: string
  readonly masked: number
  readonly clear: boolean
  readonly duration: number
  /** JSON of a `StatementColumn[]`; absent where there are none. */
  readonly columns?: string
  readonly shown: readonly ShownColumn[]
}

export interface StatementEntry {
  readonly session: string
  readonly n: number
  readonly begun?: Begun
  readonly ended: readonly Ended[]
}

/** Written in one transaction, in this order. */
export interface Batch {
  /** What is known of these sessions is forgotten. */
  readonly forgotten: readonly string[]
  /** Of these nothing is to be found any more, not even in what the file no longer uses. */
  readonly erased?: readonly string[]
  readonly sessions: readonly SessionEntry[]
  readonly statements: readonly StatementEntry[]
  /** All of these is in the index, as far as their recordings can be read. */
  readonly complete: readonly { readonly id: string; readonly problem?: string }[]
}

export type BatchAnswer = { readonly ok: true } | { readonly ok: false; readonly message: string }

/** What the thread that writes is started with. */
export interface WriterData {
  readonly path: string
}
