import type { Exposure, RecordedStatement } from '../../lib/api/statements.js'
import { count, plain } from '../text.js'
import { figure, moment, seenColumns, size, totals } from './exposure-lines.js'
import { seenOf, verdictOf } from './statement-table.js'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Whatever it is, it is shown and nothing else: no markup, and no character that isn't seen. */
const safe = (value: string | number | undefined): string =>
  plain(String(value ?? ''), '\n').replaceAll(/[&<>"']/g, (character) => entities[character]!)

/** A cell that is safe already. */
interface Markup {
  readonly markup: string
}
type Cell = string | number | undefined | Markup

const cell = (value: Cell): string => {
  if (typeof value === 'object') return `<td>${value.markup}</td>`
  return typeof value === 'number' ? `<td class="n">${figure(value)}</td>` : `<td>${safe(value)}</td>`
}

const table = (caption: string, headings: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  rows.length === 0
    ? ''
    : `<h2>${safe(caption)}</h2><table><thead><tr>${headings.map((each) => `<th>${safe(each)}</th>`).join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody></table>`

/** @param share from 0 to 1 */
const bar = (share: number, kind: string): Markup => ({
  markup: `<span class="bar ${kind}" style="width:${(Math.max(0.004, share) * 12).toFixed(2)}rem"></span>`,
})

const style = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #8884;vertical-align:top}.n{text-align:right;font-variant-numeric:tabular-nums}
td code{white-space:pre-wrap;overflow-wrap:anywhere}.bar{display:inline-block;height:.8em;background:#4078c0}.bar.clear{background:#c0392b}`

const columnRows = ({ columns }: Exposure): Cell[][] => {
  const seen = seenColumns(columns)
  const most = Math.max(1, ...seen.map(({ rows }) => rows))
  return seen.map((each) => [
    ...[each.column, each.seen, each.rows, size(each.bytes), each.vectors, each.statements],
    ...[moment(each.first), moment(each.last), bar(each.rows / most, each.seen)],
  ])
}

const personRows = ({ people }: Exposure): Cell[][] =>
  people.flatMap(({ name, owner, columns }) =>
    seenColumns(columns).map((each): Cell[] => [
      ...[owner ? `${name} (${owner.name})` : name, each.column, each.seen, each.rows, size(each.bytes), each.vectors],
      ...[each.statements, moment(each.first), moment(each.last)],
    ]),
  )

const timelineRows = ({ timeline: { steps } }: Exposure): Cell[][] => {
  const most = Math.max(1, ...steps.map(({ rows }) => rows))
  return steps.map(({ from, rows, vectors }) => [moment(from), rows, vectors, bar(rows / most, 'masked')])
}

const statementRow = (each: RecordedStatement): Cell[] => [
  ...[moment(each.at), each.name, `${each.session} #${each.n}`, verdictOf(each), each.rows, each.vectors, seenOf(each)],
  { markup: `<code>${safe(each.text)}</code>` },
]

/**
 * One file that opens offline, in any browser: no script, nothing from elsewhere.
 * @param about what was asked for, in words
 */
export const exposureHtml = (exposure: Exposure, about: string, made: Date): string => {
  const { statements, rows, bytes, vectors } = totals(exposure)
  const { people, sessions, refusals, approvals, incomplete } = exposure
  const sum = [
    people.length === 1 ? '1 person' : `${figure(people.length)} people`,
    ...[
      count(sessions, 'session'),
      count(statements, 'statement'),
      count(rows, 'row'),
      size(bytes),
      count(vectors, 'vector'),
    ],
  ].join(', ')
  const left = ['rows', 'bytes', 'vectors', 'statements', 'first', 'last']
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Exposure: ${safe(about)}</title><style>${style}</style></head><body>
<h1>Exposure: ${safe(about)}</h1><p>${safe(sum)}. Made ${safe(moment(made.toISOString()))}.</p>
${incomplete > 0 ? `<p><strong>${figure(incomplete)} sessions are missing in part: not indexed yet, or not readable.</strong></p>` : ''}
${table('Columns', ['column', 'seen', ...left, ''], columnRows(exposure))}
${table('People', ['person', 'column', 'seen', ...left], personRows(exposure))}
${table('Rows over time', ['from', 'rows', 'vectors', ''], timelineRows(exposure))}
${table(
  'Statements that showed most',
  ['time', 'person', 'session', 'verdict', 'rows', 'vectors', 'seen', 'statement'],
  exposure.statements.map(statementRow),
)}
${table(
  'Refused',
  ['person', 'rule', 'code', 'times', 'first', 'last'],
  refusals.map((each) => [each.name, each.rule, each.code, each.count, moment(each.first), moment(each.last)]),
)}
${table(
  'Approved',
  ['person', 'rule', 'by', 'times', 'first', 'last'],
  approvals.map(({ by, outcome, ...each }) => [
    ...[
      each.name,
      each.rule,
      by.length > 0 ? by.join(', ') : outcome,
      each.count,
      moment(each.first),
      moment(each.last),
    ],
  ]),
)}
</body></html>
`
}
