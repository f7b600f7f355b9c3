import type { Exposure } from '../../lib/api/statements.js'
import { table } from '../table.js'
import { clip, count, pad, plain } from '../text.js'
import { figure, moment, seenColumns, size, totals } from './exposure-lines.js'
import { statementTable } from './statement-table.js'

export interface Drawing {
  /** Of the terminal. */
  readonly columns: number
  /** Whether bars may be drawn with block elements; else with `#`. */
  readonly blocks: boolean
  /** Colors what was seen as it is. */
  readonly strong: (text: string) => string
}

const longest = 24

/** @param share of the longest bar, from 0 to 1; what isn't nothing has a bar */
const bar = (share: number, { blocks }: Drawing): string =>
  share <= 0 ? '' : (blocks ? '█' : '#').repeat(Math.max(1, Math.round(share * longest)))

const columnLines = ({ columns }: Exposure, drawing: Drawing): string => {
  const seen = seenColumns(columns)
  const most = Math.max(1, ...seen.map(({ rows }) => rows))
  const headings = ['column', 'seen', 'rows', 'bytes', 'vectors', 'statements', 'first', 'last', '']
  const lines = table(
    headings,
    seen.map((each) => [
      ...[each.column, each.seen, figure(each.rows), size(each.bytes), figure(each.vectors), figure(each.statements)],
      ...[moment(each.first), moment(each.last), bar(each.rows / most, drawing)],
    ]),
  ).split('\n')
  return lines.map((line, i) => (seen[i - 1]?.seen === 'clear' ? drawing.strong(line) : line)).join('\n')
}

const peopleLines = ({ people }: Exposure): string =>
  table(
    ['person', 'sessions', 'statements', 'rows', 'bytes', 'vectors', 'first', 'last', 'seen clear'],
    people.map(({ name, owner, sessions, total, columns }) => [
      ...[owner ? `${name} (${owner.name})` : name, figure(sessions), figure(total.statements), figure(total.rows)],
      ...[size(total.bytes), figure(total.vectors), moment(total.first), moment(total.last)],
      columns
        .filter(({ clear }) => clear)
        .map(({ column }) => column)
        .join(', '),
    ]),
  )

const timelineLines = ({ timeline: { step, steps } }: Exposure, drawing: Drawing): string => {
  const most = Math.max(1, ...steps.map(({ rows }) => rows))
  const day = 86_400_000
  const from = (time: string): string => (step < day ? moment(time).slice(0, 16) : moment(time).slice(0, 10))
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
            ...[each.name, each.rule ?? each.code, figure(each.count), moment(each.first), moment(each.last)],
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
            ...[moment(each.first), moment(each.last)],
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
  const parts = [
    head,
    ...(exposure.columns.length > 0 ? [columnLines(exposure, drawing)] : []),
    ...(exposure.people.length > 0 ? [peopleLines(exposure)] : []),
    ...(exposure.timeline.steps.length > 0 ? [`Rows over time\n${timelineLines(exposure, drawing)}`] : []),
    ...(exposure.statements.length > 0
      ? [`Statements that showed most\n${statementTable(exposure.statements.slice(0, 10), drawing.columns)}`]
      : []),
    ...besideLines(exposure),
  ]
  return parts
    .map((part) =>
      part
        .split('\n')
        .map((line) => clip(line, drawing.columns))
        .join('\n'),
    )
    .join('\n\n')
}
