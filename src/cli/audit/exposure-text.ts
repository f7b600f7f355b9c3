import type { Exposure } from '../../lib/api/statements.js'
import { type Column, list } from '../list/list.js'
import { count, pad, plain, width, wrapWords } from '../text.js'
import { figure, moment, type SeenColumn, seenColumns, size, totals } from './exposure-lines.js'
import { approvals, columnsOf, minute, people, refusals } from './exposure-tables.js'
import { statementTable } from './statement-table.js'

export interface Drawing {
  /** Of the terminal. */
  readonly columns: number
  /** What bars are drawn with; nothing where they would be read out. */
  readonly bars: '█' | '#' | ''
  /** Colors what was seen as it is. */
  readonly strong: (text: string) => string
}

const [longest, shortest] = [16, 4]

/** @param share of the longest bar, from 0 to 1; what isn't nothing has a bar @param room for the longest */
const bar = (share: number, { bars }: Drawing, room: number): string =>
  share <= 0 ? '' : bars.repeat(Math.max(1, Math.round(share * room)))

/** Read out, or where a line has no room for what always stays, each thing has lines of its own. */
const table = <T>(
  columns: readonly Column<T>[],
  things: readonly T[],
  drawing: Drawing,
  drawn?: (line: string, one: T) => string,
): string => list(columns, things, { columns: drawing.columns, records: drawing.bars === '' }, drawn)

const columnLines = ({ columns }: Exposure, drawing: Drawing): string => {
  const seen = seenColumns(columns)
  const room = drawing.columns < 100 ? longest / 2 : longest
  const bars = drawing.bars === '' ? undefined : (share: number) => bar(share, drawing, room)
  const strong = (line: string, each: SeenColumn) => (each.seen === 'clear' ? drawing.strong(line) : line)
  return table(columnsOf(seen, bars), seen, drawing, strong)
}

const timelineLines = ({ timeline: { step, steps } }: Exposure, drawing: Drawing): string => {
  const most = Math.max(1, ...steps.map(({ rows }) => rows))
  const day = 86_400_000
  const lines = steps.map(({ from, rows, vectors }) => ({
    at: step < day ? minute(from) : moment(from).slice(0, 10),
    share: rows / most,
    words: `${figure(rows)}${vectors > 0 ? `, ${count(vectors, 'vector')}` : ''}`,
  }))
  const besides = Math.max(...lines.map(({ at, words }) => width(at) + width(words) + 4))
  const room = drawing.bars === '' ? 0 : Math.min(longest, drawing.columns - besides)
  return lines
    .map(({ at, share, words }) =>
      room < shortest ? `${at}  ${words}` : `${at}  ${pad(bar(share, drawing, room), room)}  ${words}`,
    )
    .join('\n')
}

/** What left, for a terminal or a file of text. @param about what was asked for, in words */
export const exposureText = (exposure: Exposure, about: string, drawing: Drawing): string => {
  const { statements, rows, bytes, vectors } = totals(exposure)
  const head = [
    `Exposure: ${plain(about)}`,
    [
      count(exposure.people.length, 'person', 'people'),
      count(exposure.sessions, 'session'),
      count(statements, 'statement'),
      count(rows, 'row'),
      size(bytes),
      count(vectors, 'vector'),
    ].join(', '),
  ].flatMap((line) => wrapWords(line, drawing.columns))
  const part = (things: readonly unknown[], text: () => string): string[] => (things.length > 0 ? [text()] : [])
  return [
    head.join('\n'),
    ...part(exposure.columns, () => columnLines(exposure, drawing)),
    ...part(exposure.people, () => table(people, exposure.people, drawing)),
    ...part(exposure.timeline.steps, () => `Rows over time\n${timelineLines(exposure, drawing)}`),
    ...part(
      exposure.statements,
      () => `Statements that showed most\n${statementTable(exposure.statements.slice(0, 10), drawing.columns)}`,
    ),
    ...part(exposure.refusals, () => table(refusals, exposure.refusals, drawing)),
    ...part(exposure.approvals, () => table(approvals, exposure.approvals, drawing)),
  ].join('\n\n')
}
