import type {
  EndEvent,
  Parameter,
  RefusalEvent,
  ResultColumn,
  ResultEvent,
  SessionEvent,
  StartEvent,
  StatementEvent,
} from '../../lib/api/session-events.js'
import { showBytes, showCount, showDuration, unkeptWords } from '../replay/values.js'
import { jsonText, plain } from '../text.js'
import { style } from './style.js'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that is text wherever it stands in a page; what would steer the direction of writing or isn't seen is written out. */
const escape = (text: string, keep = ''): string => plain(text, keep).replace(/[&<>"']/g, (c) => entities[c]!)

/** Rows and characters of a value that a page shows; `--format jsonl` has all that was recorded. */
const [mostRows, longest] = [200, 2000]

const clipped = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest)}…`)

const cell = (value: Parameter): string => {
  if (value === null) return '<td class="null">NULL</td>'
  if (typeof value === 'string') return `<td>${escape(clipped(value), '\n')}</td>`
  if ('hex' in value) return `<td class="bytes">\\x${escape(clipped(value.hex))}</td>`
  return `<td>${escape(clipped(value.cut), '\n')}… <small>${showBytes(value.bytes)}</small></td>`
}

const heading = ({ name, mask, table, detected = [] }: ResultColumn): string => {
  const notes = [
    mask !== undefined && `masked: ${mask}`,
    detected.length > 0 && `detected: ${detected.join(', ')}`,
  ].filter(Boolean)
  const title = table === undefined ? '' : ` title="${escape(table)}"`
  const marks = notes.map((note) => ` <span class="mask">${escape(String(note))}</span>`).join('')
  return `<th scope="col"${title}>${escape(name)}${marks}</th>`
}

const table = ({ columns = [], rowsSeen = [], rows, unkept }: ResultEvent): string => {
  if (columns.length === 0) return ''
  const body = rowsSeen.slice(0, mostRows).map((row) => `<tr>${row.map(cell).join('')}</tr>`)
  const more = rows - Math.min(rowsSeen.length, mostRows)
  return (
    `<div class="scroll"><table><thead><tr>${columns.map(heading).join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>` +
    (more > 0
      ? `<p class="more">… ${showCount(more, 'more row')}${unkept === undefined ? '' : `, ${unkeptWords[unkept]}`}</p>`
      : '')
  )
}

const facts = ({ rows, bytes, masked, duration, seenClear }: ResultEvent): string =>
  [
    rows > 0 && showCount(rows, 'row'),
    rows > 0 && showBytes(bytes),
    masked > 0 && `${showCount(masked, 'value')} masked`,
    seenClear && 'the person saw them clear; they are masked here',
    showDuration(duration),
  ]
    .filter(Boolean)
    .join(', ')

const result = (event: ResultEvent): string => {
  const failed = event.sqlstate !== undefined
  const says = failed ? `ERROR ${event.sqlstate}: ${event.message ?? ''}` : event.tag
  const ran = event.ran === undefined ? '' : `<p>The server ran: <code>${escape(event.ran, '\n\t')}</code></p>`
  return `${ran}${table(event)}<p class="${failed ? 'failed' : 'done'}">#${event.n}: ${escape(says, '\n')} <small>${escape(facts(event))}</small></p>\n`
}

/** `+12.345 s` of the session. */
const moment = (at: number): string => `+${(at / 1000).toFixed(3)} s`

const shown = (value: Parameter): string =>
  value === null ? 'NULL' : typeof value === 'string' ? value : jsonText(value)

const code = ({ text, textBytes }: { readonly text: string; readonly textBytes?: number }): string =>
  `<pre><code>${escape(text, '\n\t')}</code></pre>` +
  (textBytes === undefined ? '' : `<p class="more">… ${showBytes(textBytes)} in all</p>`)

const statement = (event: StatementEvent): string => {
  const parameters = (event.parameters ?? []).map(
    (value, i) => `<li><code>$${i + 1}</code> = ${escape(clipped(shown(value)), '\n')}</li>`,
  )
  const notes = [
    event.approval && `approved by request ${event.approval}`,
    ...(event.warnings ?? []).map(({ rule, message }) => `warned by rule ${rule}${message ? `: ${message}` : ''}`),
    ...(event.observed ?? []).map(({ rule, do: verdict }) => `rule ${rule} would ${verdict}`),
  ].filter(Boolean)
  return (
    `<h2 id="s${event.n}"><a href="#s${event.n}">#${event.n}</a> <time>${moment(event.at)}</time></h2>${code(event)}` +
    (parameters.length > 0 ? `<ul>${parameters.join('')}</ul>` : '') +
    notes.map((note) => `<p class="note">${escape(String(note))}</p>`).join('') +
    '\n'
  )
}

const refusal = (event: RefusalEvent): string => {
  const rule = event.rule === undefined ? '' : `, rule ${event.rule}`
  return (
    `<h2 id="s${event.n}"><a href="#s${event.n}">#${event.n}</a> <time>${moment(event.at)}</time> refused, never sent</h2>${code(event)}` +
    `<p class="failed">${escape(`${event.sqlstate}: ${event.message} (${event.code}${rule})`, '\n')}</p>\n`
  )
}

const start = (event: StartEvent): string => {
  const title = escape(`${event.name} on ${event.connection}: session ${event.session}`)
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Person', `${event.name} (${event.subject})`],
    ['Groups', event.groups.join(', ')],
    ['Connection', `${event.connection}, database ${event.database}`],
    ['Client', [event.client.application, event.client.address].filter(Boolean).join(' at ')],
    ['Policy', `${event.policy.name} (${event.policy.hash})`],
    ['Began', event.time],
    ['Reason', event.reason],
  ]
  const list = rows.flatMap(([name, value]) => (value ? [`<dt>${name}</dt><dd>${escape(value)}</dd>`] : []))
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    // Nothing in it is a script, and nothing is fetched: it opens offline, and what was recorded can't act.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">' +
    `<title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1><dl>${list.join('')}</dl>\n`
  )
}

const end = ({ end: how, reason, by, counters, at }: EndEvent): string => {
  const who = by === undefined ? '' : ` by ${by.name} (${by.subject})`
  const counts = Object.entries(counters).map(([name, value]) => `${name} ${value.toLocaleString('en-US')}`)
  return `<footer><p>Session ${escape(`${how} at ${moment(at)}${who}${reason === undefined ? '' : `: ${reason}`}`)}</p><p>${escape(counts.join(', '))}</p></footer>\n`
}

const line = (kind: string, text: string): string => `<p class="note">${escape(`${kind}: ${text}`, '\n')}</p>\n`

const shapes: { readonly [Type in SessionEvent['type']]: (event: Extract<SessionEvent, { type: Type }>) => string } = {
  start,
  statement,
  refusal,
  result,
  end,
  approval: ({ id, outcome, rule, by = [], reason }) =>
    line(
      'approval',
      `request ${id} (rule ${rule}) ${outcome}${by.map(({ name }) => ` by ${name}`).join('')}${reason ? `: ${reason}` : ''}`,
    ),
  notice: ({ kind, message }) => line(kind, message),
  cancel: ({ at }) => line('cancel', `asked for at ${moment(at)}`),
}

/** A session as one page without scripts that opens offline. */
export async function* html(events: AsyncIterable<SessionEvent>): AsyncGenerator<string> {
  for await (const event of events) yield (shapes[event.type] as (event: SessionEvent) => string)(event)
  yield '</main></body></html>\n'
}
