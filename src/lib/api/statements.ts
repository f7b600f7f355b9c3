import type { Actor } from '../api.js'

/** What became of a statement. `skipped`: an earlier one in its pipeline failed; `cut`: the connection ended first. */
export const verdicts = ['ran', 'refused', 'error', 'running', 'skipped', 'cut'] as const
export type Verdict = (typeof verdicts)[number]

/** A column of a result. */
export interface StatementColumn {
  readonly name: string
  /** `schema.table.column`: where the value comes from, one or, where it was computed, all that are known. */
  readonly from: readonly string[]
  readonly mask?: string
  /** It has a mask, and the person saw it without. */
  readonly clear?: true
}

/** One recorded statement, as the index of statements has it. */
export interface RecordedStatement {
  readonly session: string
  /** Its number in the session. */
  readonly n: number
  readonly at: string
  readonly subject: string
  readonly name: string
  /** Of a service token: whose it is. */
  readonly owner?: Actor
  readonly connection: string
  /** Its beginning: the recording has more of it. */
  readonly text: string
  readonly kinds: readonly string[]
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  readonly columns: readonly StatementColumn[]
  readonly rows: number
  readonly bytes: number
  /** Vectors that left as they are in the database. */
  readonly vectors: number
  /** Values that left masked. */
  readonly masked: number
  /** A column that has a mask was seen without it. */
  readonly seenClear: boolean
  readonly verdict: Verdict
  /** Of a refusal: hoop's error code. */
  readonly code?: string
  /** The rule by which it was refused, or approved. */
  readonly rule?: string
  readonly sqlstate?: string
  /** Milliseconds. */
  readonly duration?: number
  readonly approval?: { readonly id: string; readonly outcome?: string; readonly by?: readonly string[] }
}

/** `GET /v1/statements` */
export interface StatementPage {
  readonly statements: readonly RecordedStatement[]
  /** Where the next page begins; absent on the last one. */
  readonly cursor?: string
  /** Ended sessions of which the index hasn't all statements: it is being made, or a recording can't be read. */
  readonly incomplete: number
}

/** What left, added up. */
export interface Left {
  readonly statements: number
  /** Each row once, however often a column is in it. */
  readonly rows: number
  /** Of the values, without what the protocol puts around them. */
  readonly bytes: number
  /** Vectors: of `clear` as they are in the database, of `masked` what stood in for them. */
  readonly vectors: number
  readonly first: string
  readonly last: string
}

/** One column of a table, as it was seen. */
export interface ExposedColumn {
  /** `schema.table.column`; `schema.table.(other)`: computed; `schema.table.*`: a COPY; `(unknown).(unknown)`: of no known table. */
  readonly column: string
  readonly masked?: Left
  readonly clear?: Left
}

export interface ExposedTable extends Left {
  /** `schema.table` */
  readonly table: string
}

export interface ExposedPerson {
  readonly subject: string
  readonly name: string
  /** Of a service token: whose it is. */
  readonly owner?: Actor
  readonly sessions: number
  readonly total: Left
  readonly columns: readonly ExposedColumn[]
}

/** `GET /v1/exposure`: what left, by column and person. */
export interface Exposure {
  readonly since?: string
  readonly until?: string
  readonly sessions: number
  readonly people: readonly ExposedPerson[]
  readonly tables: readonly ExposedTable[]
  readonly columns: readonly ExposedColumn[]
  /** Those by which most rows left, at most 20. */
  readonly statements: readonly RecordedStatement[]
  readonly timeline: Timeline
  readonly refusals: readonly CountedRefusal[]
  readonly approvals: readonly CountedApproval[]
  /** As in a page of statements. */
  readonly incomplete: number
}

export interface Timeline {
  /** Milliseconds of one step; steps without anything are left out. */
  readonly step: number
  readonly steps: readonly { readonly from: string; readonly rows: number; readonly vectors: number }[]
}

interface Counted {
  readonly subject: string
  readonly name: string
  readonly rule?: string
  readonly count: number
  readonly first: string
  readonly last: string
}

export interface CountedRefusal extends Counted {
  readonly code: string
}

/** Statements that ran since somebody had approved them, or in an emergency. */
export interface CountedApproval extends Counted {
  readonly outcome?: string
  readonly by: readonly string[]
}
