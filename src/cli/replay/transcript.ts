import { assertNever } from '../../lib/assert-never.js'
import type {
  ApprovalEvent,
  CancelEvent,
  EndEvent,
  NoticeEvent,
  RefusalEvent,
  ResultEvent,
  SessionEvent,
  StartEvent,
  StatementEvent,
} from '../../lib/api/session-events.js'
import { showApproval } from './approval.js'
import { showCopy, showRows } from './rows.js'
import type { Screen } from './screen.js'
import { showBytes, showCount, showDate, showDuration, showParameter, showTime } from './values.js'

export interface TranscriptOptions {
  /** Rows shown of each result. */
  readonly rows: number
}

/** Characters shown of one statement; `--json` has all that was recorded. */
const longestText = 10_000
const longestParameter = 60

/** psql's mark of the transaction's state in its prompt (`%x`). */
const marks = { I: '', T: '*', E: '!' } as const

/** Writes a session down as its client might have seen it. Events in, lines out; it remembers only what the next one needs. */
export class Transcript {
  readonly #screen: Screen
  readonly #rows: number
  #origin = 0
  #database = ''
  #transaction: keyof typeof marks = 'I'
  #latest = 0

  constructor(screen: Screen, { rows }: TranscriptOptions) {
    this.#screen = screen
    this.#rows = rows
  }

  /** What an event adds: whole lines, or nothing. */
  write(event: SessionEvent): string {
    const lines = this.#lines(event)
    return lines.length === 0 ? '' : lines.join('\n') + '\n'
  }

  #lines(event: SessionEvent): string[] {
    switch (event.type) {
      case 'start':
        return this.#start(event)
      case 'statement':
        return this.#statement(event)
      case 'refusal':
        return this.#refusal(event)
      case 'approval':
        return this.#approval(event)
      case 'result':
        return this.#result(event)
      case 'notice':
        return this.#notice(event)
      case 'cancel':
        return this.#cancel(event)
      case 'end':
        return this.#end(event)
      default:
        return assertNever(event)
    }
  }

  #start(event: StartEvent): string[] {
    const { plain } = this.#screen
    this.#origin = Date.parse(event.time)
    this.#database = event.database
    const { application = 'a client', address, user } = event.client
    const { user: login, role } = event.server
    const database = [event.database, login && `as ${login}`, role && `in the role ${role}`].filter(Boolean).join(' ')
    const from = [application, address && `at ${address}`, user && `as ${user}`].filter(Boolean).join(' ')
    return [
      `Session ${event.session}: ${event.name} (${event.subject}) on ${event.connection}, database ${database}`,
      `from ${from}; policy ${event.policy.name}; began ${showDate(new Date(this.#origin))}`,
      ...(event.reason === undefined ? [] : [`reason: ${event.reason}`]),
      ...(event.breakGlass ? ['the glass was broken: what needs an approval runs without'] : []),
    ].map((line) => this.#screen.paint('dim', `-- ${plain(line)}`))
  }

  #statement(event: StatementEvent): string[] {
    const { portal, statementName, via, parameters = [], approval, estimate } = event
    const { warnings = [], observed = [] } = event
    const names = [
      takenOut(event.detected, 'the text'),
      takenOut(event.detectedParameters, 'parameters'),
      approval && `approved by request ${approval}`,
      estimate !== undefined && `about ${showCount(estimate, 'row')} expected`,
      statementName && `statement ${statementName}`,
      portal && `portal ${portal}`,
    ]
    const notes = [via === 'simple' ? '' : via, ...names].filter(Boolean).join(', ')
    return [
      '',
      this.#mark(event, notes),
      ...this.#text(event),
      ...warnings.map(({ rule, message }) => this.#note(`WARNED  rule ${rule}${message ? `: ${message}` : ''}`)),
      ...observed.map(({ rule, do: verdict }) => this.#note(`OBSERVED  rule ${rule} would ${verdict}`)),
      ...parameters.map((value, i) => `  $${i + 1} = ${showParameter(this.#screen, value, longestParameter)}`),
    ]
  }

  #note(line: string): string {
    return this.#screen.paint('yellow', this.#screen.plain(line))
  }

  #refusal(event: RefusalEvent): string[] {
    const { plain, paint } = this.#screen
    const rule = event.rule === undefined ? '' : `, rule ${plain(event.rule)}`
    return [
      '',
      this.#mark(event, ['refused, never sent', takenOut(event.detected, 'it')].filter(Boolean).join(', ')),
      ...this.#text(event),
      paint(
        ['bold', 'red'],
        `REFUSED  ${plain(event.sqlstate)}: ${plain(event.message)} (${plain(event.code)}${rule})`,
      ),
    ]
  }

  #approval(event: ApprovalEvent): string[] {
    const { paint, plain } = this.#screen
    return showApproval(event, this.#time(event.at)).map((line) => paint('yellow', plain(line)))
  }

  #mark({ n, at }: StatementEvent | RefusalEvent, notes: string): string {
    this.#latest = n
    const { paint, plain } = this.#screen
    return paint('dim', `-- #${n}  ${this.#time(at)}${notes && `  ${plain(notes)}`}`)
  }

  #text({ text, textBytes, transaction }: Pick<StatementEvent, 'text' | 'textBytes' | 'transaction'>): string[] {
    const { plain, paint } = this.#screen
    const shown = text.slice(0, longestText)
    const whole = textBytes ?? Buffer.byteLength(text)
    const name = plain(this.#database)
    // Recordings of before statements had it know it of results, which were written before the server said it.
    const mark = marks[transaction ?? this.#transaction]
    const lines = plain(shown, '\n\t').split('\n')
    return [
      ...lines.map((line, i) => paint('cyan', `${name}${i === 0 ? '=' : '-'}${mark}> `) + line),
      ...(shown.length < text.length || textBytes !== undefined
        ? [paint('dim', `… ${showBytes(whole)} in all, ${showBytes(Buffer.byteLength(shown))} shown`)]
        : []),
    ]
  }

  #result(event: ResultEvent): string[] {
    const { plain, paint } = this.#screen
    if (event.transaction) this.#transaction = event.transaction
    // Results of a pipeline come after statements that were sent later.
    const of = event.n === this.#latest ? '' : `#${event.n}: `
    const failed = event.sqlstate !== undefined
    const says = failed
      ? `ERROR  ${plain(event.sqlstate)}: ${plain(event.message ?? '')}`
      : (tags[event.tag] ?? plain(event.tag))
    return [
      ...(event.ran === undefined ? [] : [paint('yellow', `${of}the server ran: ${plain(event.ran)}`)]),
      ...showRows(this.#screen, event, this.#rows),
      ...showCopy(this.#screen, event, this.#rows),
      of + (failed ? paint('red', says) : paint('green', says)) + paint('dim', `  (${plain(facts(event))})`),
    ]
  }

  #notice({ kind, message }: NoticeEvent): string[] {
    return [this.#screen.paint('yellow', `${kind.toUpperCase()}  ${this.#screen.plain(message)}`)]
  }

  #cancel({ at }: CancelEvent): string[] {
    return [this.#screen.paint('yellow', `^C  cancel requested at ${this.#time(at)}`)]
  }

  #end({ at, end, reason, by, counters }: EndEvent): string[] {
    const { plain, paint } = this.#screen
    const counts = Object.entries(counters).map(([name, value]) => `${name} ${value.toLocaleString('en-US')}`)
    const who = by === undefined ? '' : ` by ${by.name} (${by.subject})`
    const line = `-- Session ${end} at ${this.#time(at)}${who}${reason === undefined ? '' : `: ${reason}`}`
    const style = end === 'closed' ? 'dim' : 'yellow'
    return [
      '',
      paint(style, plain(line)),
      ...(counts.length > 0 ? [paint('dim', plain(`-- ${counts.join(', ')}`))] : []),
    ]
  }

  #time(at: number): string {
    return showTime(new Date(this.#origin + at))
  }
}

/** What detectors took out before it was recorded. What stands for a vector says that by itself. */
const takenOut = (detected: StatementEvent['detected'], from: string): string | undefined => {
  const names = Object.keys(detected ?? {}).filter((name) => name !== 'vector')
  return names.length === 0 ? undefined : `taken out of ${from}: ${names.join(', ')}`
}

/** Tags that aren't the server's own words. */
const tags: Readonly<Record<string, string>> = {
  suspended: 'SUSPENDED  the portal has more rows',
  empty: 'EMPTY  nothing to run',
  cut: 'CUT  the connection ended first',
}

const facts = ({ rows, bytes, masked, detected = {}, copyInBytes, duration, seenClear }: ResultEvent): string =>
  [
    rows > 0 && showCount(rows, 'row'),
    rows > 0 && showBytes(bytes),
    copyInBytes && `${showBytes(copyInBytes)} in`,
    masked > 0 && `${showCount(masked, 'value')} masked`,
    ...Object.entries(detected).map(([name, count]) => `${name} found ${showCount(count, 'time')}`),
    seenClear && 'the person saw them clear; they are masked here',
    showDuration(duration),
  ]
    .filter(Boolean)
    .join(', ')
