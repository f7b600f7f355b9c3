import type { Whole } from '../whole.js'

/** The index of statements: a database of its own, made from recordings and made anew where it is lost. `writing/form.ts` makes it. */
export interface IndexTables {
  sessions: IndexedSessionsTable
  statements: StatementsTable
  texts: { id: Whole; text: string }
  /** FTS5 over `texts`, in groups of three characters. */
  found: { rowid: Whole; found: string }
  shapes: { id: Whole; columns: string }
  relations: { id: Whole; name: string }
  columns: { id: Whole; name: string; relation: Whole }
  /** With what the result showed of the table. */
  statement_tables: { statement: Whole; relation: Whole; writes: Whole; rows: Whole; bytes: Whole; vectors: Whole }
  statement_rules: { rule: string; statement: Whole }
  shown: { statement: Whole; column: Whole; masked: Whole; rows: Whole; bytes: Whole; vectors: Whole }
  hours: HoursTable
}

interface IndexedSessionsTable {
  key: Whole
  id: string
  subject: string
  name: string
  owner: string | null
  owner_name: string | null
  connection: string
  started_at: Whole
  complete: Whole
  /** Why its recording can't be read to its end, where that is so. */
  problem: string | null
}

interface StatementsTable {
  key: Whole
  session: Whole
  n: Whole
  at: Whole
  text: Whole
  /** With spaces between. */
  kinds: string
  verdict: string
  code: string | null
  rule: string | null
  sqlstate: string | null
  approval: string | null
  outcome: string | null
  /** JSON: names. */
  approved_by: string | null
  rows: Whole
  bytes: Whole
  vectors: Whole
  masked: Whole
  clear: Whole
  shape: Whole | null
  duration: number | null
}

/**
 * What columns showed in one session within one clock hour: exact sums, so that a question about weeks adds up few rows.
 * `column` is a column's id; of a table as a whole it is the table's, negative, and of everything 0, both with `masked` 2.
 */
interface HoursTable {
  session: Whole
  column: Whole
  hour: Whole
  masked: Whole
  rows: Whole
  bytes: Whole
  vectors: Whole
  statements: Whole
  first: Whole
  last: Whole
}
