import type { Exposure } from '../../lib/api/statements.js'
import { table } from '../table.js'
import { clip, count, pad, plain } from '../text.js'
import { figure, moment, seenColumns, size, totals } from './exposure-lines.js'
import { statementTable } from './statement-table.js'

export interface Drawing {
  /** Of the terminal. */
  readonly columns: number
  /** What bars are drawn with; nothing where they would be read out. */
  readonly bars: '█' | '#' | ''
  /** Colors what was seen as it is. */
  readonly strong: (text: string) => string
}

const longest = 16

const minute = (iso: string): string => moment(iso).slice(0, 16)

/** @param share of the longest bar, from 0 to 1; what isn't nothing has a bar */
const bar = (share: number, { bars }: Drawing): string =>
  share <= 0 ? '' : bars.repeat(Math.max(1, Math.round(share * longest)))

const columnLines = ({ columns }: Exposure, drawing: Drawing): string => {
  const seen = seenColumns(columns)
  const most = Math.max(1, ...seen.map(({ rows }) => rows))
  // The bar stands where a narrow terminal has it as well.
  const headings = ['column', 'seen', 'rows', '', 'vectors', 'bytes', 'statements', 'first', 'last']
  const lines = table(
    headings,
    seen.map((each) => [
      ...[each.column, each.seen, figure(each.rows), bar(each.rows / most, drawing), figure(each.vectors)],
      ...[size(each.bytes), figure(each.statements), minute(each.first), minute(each.last)],
    ]),
  ).split('\n')
  return lines
    .map((line) => clip(line, drawing.columns))
    .map((line, i) => (seen[i - 1]?.seen === 'clear' ? drawing.strong(line) : line))
    .join('\n')
}

const peopleLines = ({ people }: Exposure): string =>
  table(
    ['person', 'sessions', 'statements', 'rows', 'vectors', 'bytes', 'first', 'last', 'seen clear'],
    people.map(({ name, owner, sessions, total, columns }) => [
      ...[owner ? `${name} (${owner.name})` : name, figure(sessions), figure(total.statements), figure(total.rows)],
      ...[figure(total.vectors), size(total.bytes), minute(total.first), minute(total.last)],
      columns
        .filter(({ clear }) => clear)
        .map(({ column }) => column)
        .join(', '),
    ]),
  )

const timelineLines = ({ timeline: { step, steps } }: Exposure, drawing: Drawing): string => {
  const most = Math.max(1, ...steps.map(({ rows }) => rows))
  const day = 86_400_000
  const from = (time: string): string => (step < day ? minute(time) : moment(time).slice(0, 10))
  return steps
    .map(({ from: at, rows, vectors }) => {
      const words = `${figure(rows)}${vectors > 0 ? `, ${count(vectors, 'vector')}` : ''}`
      return `${from(at)}  ${pad(bar(rows / most, drawing), longest)}  ${words}`
    })
    .join('\n')
}

const besideLines = ({ refusals, approvals }: Exposure): string[] => [
  ...(refusals.length === 0
    ? []
    : [
        table(
          ['refused', 'by', 'times', 'first', 'last'],
          refusals.map((each) => [
            ...[each.name, each.rule ?? each.code, figure(each.count), minute(each.first), minute(each.last)],
          ]),
        ),
      ]),
  ...(approvals.length === 0
    ? []
    : [
        table(
          ['approved', 'rule', 'by', 'times', 'first', 'last'],
          approvals.map(({ by, outcome, ...each }) => [
            ...[each.name, each.rule, by.length > 0 ? by.join(', ') : outcome, figure(each.count)],
            ...[minute(each.first), minute(each.last)],
          ]),
        ),
      ]),
]

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
  ].join('\n')
  const clipped = (part: string): string =>
    part
      .split('\n')
      .map((line) => clip(line, drawing.columns))
      .join('\n')
  const { columns, people, timeline, statements: largest } = exposure
  return [
    clipped(head),
    ...(columns.length > 0 ? [columnLines(exposure, drawing)] : []),
    ...(people.length > 0 ? [clipped(peopleLines(exposure))] : []),
    ...(timeline.steps.length > 0 ? [`Rows over time\n${clipped(timelineLines(exposure, drawing))}`] : []),
    ...(largest.length > 0
      ? [`Statements that showed most\n${clipped(statementTable(largest.slice(0, 10), drawing.columns))}`]
      : []),
    ...besideLines(exposure).map(clipped),
  ].join('\n\n')
}
