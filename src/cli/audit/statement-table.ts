import type { RecordedStatement } from '../../lib/api/statements.js'
import { momentText } from '../moment.js'
import { list } from '../list/list.js'
import { table } from '../table.js'
import { clip, plain, width } from '../text.js'

/** What became of a statement, in a few words. */
export const verdictOf = ({ verdict, rule, code, sqlstate, approval }: RecordedStatement): string => {
  if (verdict === 'refused') return `refused: ${rule ?? code ?? ''}`
  if (verdict === 'error') return `error ${sqlstate ?? ''}`.trim()
  if (verdict !== 'ran' || !approval) return verdict
  if (approval.outcome === 'break-glass') return 'ran: break-glass'
  return approval.by ? `approved by ${approval.by.join(', ')}` : 'approved'
}

/** Whether columns that have masks were seen through them. */
export const seenOf = ({ columns, seenClear }: RecordedStatement): string | undefined => {
  const masked = columns.some(({ mask, clear }) => mask !== undefined && !clear)
  if (seenClear) return masked ? 'both' : 'clear'
  return masked ? 'masked' : undefined
}

/** Names of tables, without a schema that says nothing. */
const tablesOf = ({ reads, writes }: RecordedStatement): string =>
  [...new Set([...writes, ...reads])].map((name) => name.replace(/^public\./, '')).join(', ')

const headings = ['time', 'person', 'connection', 'session', 'n', 'verdict', 'rows', 'vectors', 'seen', 'tables']

const row = (statement: RecordedStatement): (string | number | undefined)[] => [
  momentText(statement.at),
  ...[statement.name, statement.connection, statement.session, statement.n, verdictOf(statement)],
  ...[statement.rows, statement.vectors, seenOf(statement), tablesOf(statement)],
]

/** Columns that one row has for its text, at least: less shows nothing of a statement. */
const least = 20

/** Lines that a text has at most where each statement has lines of its own. */
const most = 4

/**
 * One line for each statement.
 * @param columns of the terminal; the text is cut to them, and columns are left out that have no room. Where there is none for
 * those that say most, each statement has lines of its own
 */
export const statementTable = (statements: readonly RecordedStatement[], columns = Infinity): string => {
  const rows = statements.map(row)
  const shown = fitting(rows, columns)
  if (shown === undefined)
    return list(
      [
        ...headings.map((heading, i) => ({ heading, of: (each: RecordedStatement) => row(each)[i] })),
        { heading: 'statement', of: ({ text }: RecordedStatement) => clip(oneLine(text), most * columns) },
      ],
      statements,
      { columns, records: true },
    )
  const used = shown.reduce((sum, i) => sum + widthOf(rows, i) + 2, 0)
  const room = Math.max(least, columns - used)
  return table(
    [...shown.map((i) => headings[i]!), 'statement'],
    rows.map((cells, at) => [...shown.map((i) => cells[i]), clip(oneLine(statements[at]!.text), room)]),
  )
}

/** In one line, and harmless: signs that are written out take more room. */
const oneLine = (text: string): string => plain(text.replaceAll(/\s+/g, ' ').trim())

const widthOf = (rows: readonly (readonly (string | number | undefined)[])[], column: number): number =>
  Math.max(width(headings[column]!), ...rows.map((cells) => width(String(cells[column] ?? '-'))))

/** What goes first where there is little room: the other columns are in --json and --csv. */
const dispensable = ['vectors', 'connection', 'seen', 'tables', 'n', 'session', 'person']

/** The columns that there is room for beside the text; undefined where there is none for those that always stay. */
const fitting = (
  rows: readonly (readonly (string | number | undefined)[])[],
  columns: number,
): readonly number[] | undefined => {
  let shown = headings.map((_, i) => i)
  const fits = () => shown.reduce((sum, i) => sum + widthOf(rows, i) + 2, least) <= columns
  for (const name of dispensable) {
    if (fits()) break
    shown = shown.filter((i) => headings[i] !== name)
  }
  return fits() ? shown : undefined
}
