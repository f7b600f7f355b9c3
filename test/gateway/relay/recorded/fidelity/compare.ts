import { plain, width } from '../../../../../src/cli/text.js'
import { fit, type Screen } from '../../../../../src/cli/replay/screen.js'
import type { Parameter, RefusalEvent, ResultEvent, SessionEvent } from '../../../../../src/lib/api/session-events.js'
import type { Received } from './tap.js'

export const screen: Screen = { plain, width, paint: (_, text) => text }

type Answered = ResultEvent | RefusalEvent

/** It waited to be decided on when one before it in its pipeline failed: the server's error is the answer to both. */
const isBehindError = ({ code, message }: RefusalEvent): boolean =>
  code === 'APPROVAL_WITHDRAWN' && message.includes('an earlier statement')

/**
 * What a recording has for what a client was answered, in the order in which it was asked: what is refused is recorded at once, though
 * what was asked before is answered first. What was skipped or cut off was never answered.
 */
export const answersIn = (events: readonly SessionEvent[]): Answered[] =>
  events
    .filter((event): event is Answered =>
      event.type === 'refusal'
        ? !isBehindError(event)
        : event.type === 'result' && event.tag !== 'skipped' && event.tag !== 'cut',
    )
    .sort((one, other) => one.n - other.n)

const bytesOf = (value: Parameter): Buffer | null => {
  if (value === null) return null
  if (typeof value === 'string') return Buffer.from(value)
  return 'hex' in value ? Buffer.from(value.hex, 'hex') : Buffer.from(`${value.cut} (cut)`)
}

const isSame = (one: Buffer | null, other: Buffer | null): boolean =>
  one === null || other === null ? one === other : one.equals(other)

const shown = (value: Buffer | null | undefined): string => {
  if (!value) return String(value)
  const text = value.toString()
  return Buffer.from(text).equals(value) ? JSON.stringify(text.slice(0, 80)) : value.toString('hex', 0, 40)
}

const rowDifference = (received: Received, { rowsSeen = [], rows }: ResultEvent): string | undefined => {
  if (rows !== received.rows.length || rowsSeen.length !== rows)
    return `${received.rows.length} rows came, ${rows} are counted and ${rowsSeen.length} recorded`
  for (const [n, row] of received.rows.entries())
    for (const [column, value] of row.entries()) {
      const recorded = rowsSeen[n]![column]
      const bytes = recorded === undefined ? undefined : bytesOf(recorded)
      if (bytes === undefined || rowsSeen[n]!.length !== row.length || !isSame(value, bytes))
        return `row ${n + 1}, column ${column + 1}: ${shown(value)} came, ${shown(bytes)} is recorded`
    }
  return undefined
}

const errorDifference = (received: Received, { sqlstate, message }: Answered): string | undefined =>
  received.sqlstate === sqlstate && [message, `hoop: ${message}`].includes(received.message)
    ? undefined
    : `${received.sqlstate} ${received.message} came, ${sqlstate} ${message} is recorded`

const difference = (received: Received, answered: Answered | undefined): string | undefined => {
  if (!answered) return 'nothing is recorded'
  if (answered.type === 'refusal') return errorDifference(received, answered)
  if (received.tag !== answered.tag) return `${received.tag} came, ${answered.tag} is recorded`
  if (received.tag === 'error') return errorDifference(received, answered)
  const names = answered.columns?.map(({ name }) => name)
  if (received.columns && JSON.stringify(received.columns) !== JSON.stringify(names ?? []))
    return `columns ${received.columns.join()} came, ${names?.join() ?? 'none'} are recorded`
  if (received.copy) {
    const copied = Buffer.from(answered.copySeen ?? '', 'base64')
    return received.copy.equals(copied) ? undefined : `COPY: ${shown(received.copy)} came, ${shown(copied)} is recorded`
  }
  return rowDifference(received, answered)
}

/** How what is recorded of a connection differs from what its client received, statement by statement. */
export const differences = (received: readonly Received[], events: readonly SessionEvent[]): string[] => {
  const answers = answersIn(events)
  const found = received.flatMap((each, at) => {
    const why = difference(each, answers[at])
    return why === undefined ? [] : [`answer ${at + 1} (${each.tag}): ${why}`]
  })
  return answers.length > received.length
    ? [...found, `${answers.length} answers are recorded, ${received.length} came`]
    : found
}

/** The widest that a replay shows a value. */
const widest = 60

/** A value as it has to stand in a replay; its format is the recording's word, its bytes are not. */
const cellOf = (value: Buffer | null, recorded: Parameter): string => {
  if (value === null) return 'NULL'
  if (typeof recorded === 'string') return fit(screen, plain(value.toString()), widest)
  return fit(screen, `\\x${value.toString('hex')}`, widest)
}

/** Rows that came and don't stand in a replay, in their order. @param replay as it is written into a pipe, with all rows */
export const missingIn = (replay: string, received: readonly Received[], events: readonly SessionEvent[]): string[] => {
  /** Ends of lines are without blanks, and a value at the end may be one. */
  const bare = (line: string): string =>
    line
      .split(' |')
      .map((cell) => cell.trim())
      .join(' | ')
  const lines = replay.split('\n').map(bare)
  const answers = answersIn(events)
  const missing: string[] = []
  let from = 0
  for (const [at, { rows }] of received.entries()) {
    const answered = answers[at]
    if (answered?.type !== 'result' || !answered.columns?.length) continue
    for (const [n, row] of rows.entries()) {
      const line = row.map((value, column) => cellOf(value, answered.rowsSeen![n]![column]!).trim()).join(' | ')
      const found = lines.indexOf(bare(line), from)
      if (found < 0) missing.push(line)
      else from = found + 1
    }
  }
  return missing
}
