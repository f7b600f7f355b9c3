import type { Parameter, ResultEvent, SessionEvent } from '../../lib/api/session-events.js'
import { HoopError } from '../../lib/errors.js'
import { unkeptWords } from '../replay/values.js'
import { count } from '../text.js'
import type { ExportOptions } from './options.js'

/** A field as psql's `--csv` writes it: in quotes where it has to be, and where it would look like NULL, which is nothing. */
const field = (text: string): string =>
  text === '' || /["\r\n,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** What was recorded of a value. Bytes as PostgreSQL's bytea writes them. */
const valueOf = (value: Parameter): string => {
  if (value === null) return ''
  if (typeof value === 'string') return field(value)
  return field('hex' in value ? `\\x${value.hex}` : value.cut)
}

const line = (fields: readonly string[]): string => `${fields.join(',')}\n`

type Table = ResultEvent & Required<Pick<ResultEvent, 'columns'>>

const isTable = (event: SessionEvent): event is Table => event.type === 'result' && (event.columns?.length ?? 0) > 0

const wrong = (why: string, hint: string): HoopError => new HoopError('USAGE', why, { hint })

const asked = (statement: string): { n: number; at: number | undefined } => {
  const [, n, at] = /^(\d{1,9})(?:\.(\d{1,5}))?$/.exec(statement) ?? []
  if (n === undefined) throw wrong(`--statement ${statement}: write 12 or 12.2`, 'Numbers stand in sessions show.')
  return { n: Number(n), at: at === undefined ? undefined : Number(at) }
}

/** The one result that was asked for, or that there is. */
async function tableOf(events: AsyncIterable<SessionEvent>, statement: string | undefined): Promise<Table> {
  const wanted = statement === undefined ? undefined : asked(statement)
  const found: Table[] = []
  for await (const event of events) {
    if (wanted && 'n' in event && event.n > wanted.n && event.type !== 'result') break
    if (isTable(event) && (wanted === undefined || event.n === wanted.n)) found.push(event)
    if (wanted === undefined && found.length > 1)
      throw wrong('the session has several results', 'Choose one by its number in sessions show: --statement 12.')
  }
  const of = wanted === undefined ? 'the session' : `statement ${wanted.n}`
  if (found.length === 0) throw wrong(`${of} has no result with rows`, 'Numbers stand in sessions show.')
  if (wanted?.at === undefined && found.length > 1)
    throw wrong(
      `${of} has ${found.length} results`,
      `Choose one: --statement ${wanted?.n}.1 to ${wanted?.n}.${found.length}.`,
    )
  const table = found[(wanted?.at ?? 1) - 1]
  if (!table)
    throw wrong(`${of} has ${count(found.length, 'result')}`, `Write --statement ${wanted?.n}.${found.length} or less.`)
  return table
}

/**
 * One result as CSV (RFC 4180, with LF as psql writes it), as far as it was recorded.
 * @throws {HoopError} USAGE where it isn't clear which one is meant
 */
export async function* csv(
  events: AsyncIterable<SessionEvent>,
  { statement, note }: ExportOptions,
): AsyncGenerator<string> {
  const { columns, rows, rowsSeen = [], unkept } = await tableOf(events, statement)
  yield line(columns.map(({ name }) => field(name)))
  let cut = 0
  for (const row of rowsSeen) {
    cut += row.filter((value) => value !== null && typeof value === 'object' && 'cut' in value).length
    yield line(row.map(valueOf))
  }
  if (rows > rowsSeen.length)
    note(
      `The recording holds ${rowsSeen.length.toLocaleString('en-US')} of ${count(rows, 'row')}${unkept === undefined ? '' : ` (${unkeptWords[unkept]})`}.`,
    )
  if (cut > 0) note(`${count(cut, 'value')} ${cut === 1 ? 'is' : 'are'} shorter than what the client saw.`)
  const masked = columns.flatMap(({ name, mask }) => (mask === undefined ? [] : [`${name} (${mask})`]))
  if (masked.length > 0) note(`Masked: ${masked.join(', ')}.`)
}
