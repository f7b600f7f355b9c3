import type { ResultColumn, ResultEvent } from '../../recording/events.js'
import type { StatementColumn } from '../../lib/api/statements.js'
import type { ShownColumn } from '../../store/statements/entry.js'

/** What a statement was found to do, as far as the policy reads statements. */
export interface Doing {
  readonly kinds: readonly string[]
  readonly reads: readonly string[]
}

/**
 * Columns that are told apart in the sums of one result: PostgreSQL gives out 1,664 at most, each of which may be computed
 * from several. What is beyond counts as `table.(other)`: a wide result hides no table.
 */
const most = 5000

/** Statements that give out what another text reads. */
const lending: ReadonlySet<string> = new Set(['fetch', 'execute', 'call', 'do', 'copy', 'dynamic'])

/** Where nobody knows the table. */
export const unknownColumn = '(unknown).(unknown)'

/** Whether the client got other values than the database has. */
const isMasked = ({ mask, clear }: ResultColumn): boolean => mask !== undefined && clear !== true

/** Where a column comes from: itself, what it was computed from, or nothing that is known. */
export const originsOf = ({ from, table }: ResultColumn): readonly string[] =>
  from ?? (table === undefined ? [] : [table])

const namedColumns = (columns: readonly ResultColumn[]): readonly StatementColumn[] =>
  columns.map((column) => ({
    name: column.name,
    from: originsOf(column),
    ...(column.mask !== undefined && { mask: column.mask }),
    ...(column.clear && { clear: true }),
  }))

/** One description serves all executions of a statement. */
const written = new WeakMap<readonly ResultColumn[], string>()

/** Columns as the index has them: JSON of a `StatementColumn[]`. */
export const columnsAsText = (columns: readonly ResultColumn[]): string => {
  const known = written.get(columns)
  if (known !== undefined) return known
  const text = JSON.stringify(namedColumns(columns))
  written.set(columns, text)
  return text
}

/** The tables whose columns a result may show beside those that are named. */
const tablesOf = ({ kinds, reads }: Doing): readonly string[] => {
  if (reads.length > 0) return reads
  // What names no table and was read as such shows nothing of any.
  return kinds.length === 0 || kinds.some((kind) => lending.has(kind)) ? [tableOf(unknownColumn)] : []
}

const tableOf = (column: string): string => column.slice(0, column.lastIndexOf('.'))

/** `schema.table.(other)`: computed from nothing masked. `schema.table.*`: a COPY, whose columns nobody describes. */
const otherwise = (table: string, name: '(other)' | '*'): string =>
  table === tableOf(unknownColumn) ? unknownColumn : `${table}.${name}`

const keyOf = (column: string, masked: boolean): string => `${masked ? '1' : '0'}${column}`

type Sums = { rows: number; bytes: number; vectors: number }

/**
 * What columns of tables a result showed. Each row counts once for each column in it, also where the column came twice or
 * through an expression; its bytes are those of the values that show it.
 */
export const shownBy = (result: ResultEvent, doing: Doing): readonly ShownColumn[] => {
  const { rows, bytes, columns, columnBytes, columnValues, vectors = 0 } = result
  if (rows === 0) return []
  const sums = new Map<string, Sums>()
  const add = (column: string, masked: boolean, more: Omit<Sums, 'rows'>): void => {
    const asItIs = keyOf(column, masked)
    const key = sums.has(asItIs) || sums.size < most ? asItIs : keyOf(otherwise(tableOf(column), '(other)'), masked)
    const known = sums.get(key)
    if (known) {
      known.bytes += more.bytes
      known.vectors += more.vectors
    } else sums.set(key, { rows, ...more })
  }
  for (const [i, column] of columns?.entries() ?? []) {
    const origins = originsOf(column)
    const some = { bytes: columnBytes?.[i] ?? 0, vectors: column.vector ? (columnValues?.[i] ?? rows) : 0 }
    for (const origin of origins) add(origin, isMasked(column), some)
    if (origins.length === 0)
      for (const table of tablesOf(doing)) add(otherwise(table, '(other)'), isMasked(column), some)
  }
  // Of a COPY nobody knows which bytes are of which column.
  if (!columnBytes) for (const table of tablesOf(doing)) add(otherwise(table, '*'), false, { bytes, vectors })
  return [...sums].map(([key, each]) => ({ column: key.slice(1), masked: key.startsWith('1'), ...each }))
}

/** Vectors of a result that left as they are. */
export const vectorsIn = ({ columns = [], columnValues = [], vectors = 0 }: ResultEvent): number =>
  columns.reduce((sum, column, i) => sum + (column.vector && !isMasked(column) ? (columnValues[i] ?? 0) : 0), vectors)
