import type { RecordedStatement, StatementColumn } from '../../lib/api/statements.js'
import { csv } from '../rows/csv.js'
import { verdictOf } from './statement-table.js'

const columnOf = ({ name, from, mask, clear }: StatementColumn): string =>
  [
    name,
    ...(from.length > 0 ? [`from ${from.join(' ')}`] : []),
    ...(mask ? [clear ? 'seen clear' : `as ${mask}`] : []),
  ].join(' ')

type Cell = (statement: RecordedStatement) => string | number | undefined

/** Columns of the file; their names and order stay. */
const cells: Readonly<Record<string, Cell>> = {
  time: ({ at }) => at,
  person: ({ name }) => name,
  subject: ({ subject }) => subject,
  owner: ({ owner }) => owner?.name,
  connection: ({ connection }) => connection,
  session: ({ session }) => session,
  n: ({ n }) => n,
  verdict: verdictOf,
  rule: ({ rule }) => rule,
  code: ({ code }) => code,
  sqlstate: ({ sqlstate }) => sqlstate,
  approval: ({ approval }) => approval?.id,
  rows: ({ rows }) => rows,
  bytes: ({ bytes }) => bytes,
  vectors: ({ vectors }) => vectors,
  masked: ({ masked }) => masked,
  seen_clear: ({ seenClear }) => String(seenClear),
  kinds: ({ kinds }) => kinds.join(' '),
  reads: ({ reads }) => reads.join(' '),
  writes: ({ writes }) => writes.join(' '),
  columns: ({ columns }) => columns.map(columnOf).join('; '),
  duration_ms: ({ duration }) => duration,
  statement: ({ text }) => text,
}

/** RFC 4180 with line feeds, and a header. */
export const statementCsv = (statements: readonly RecordedStatement[]): string => {
  const format = csv()
  const names = Object.keys(cells)
  const value = (cell: string | number | undefined): string | null => (cell === undefined ? null : String(cell))
  const lines = statements.map((each) => format.row(Object.values(cells).map((cell) => value(cell(each)))))
  return [format.begin(names), ...lines].join('')
}
