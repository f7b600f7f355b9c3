import { catalogue, type ErrorCode, HoopError } from '../../lib/errors.js'
import type { ErrorFields } from '../../wire/error-fields.js'

/** An error that came over the PostgreSQL protocol: the server's, or the gateway's in its place. */
export class StatementError extends HoopError {
  /** As it was sent; the catalogue knows only a class of its own. */
  readonly state: string
  /** The line of the SQL that is at fault, with a mark below, as psql shows it. */
  readonly excerpt: string | undefined

  constructor(fields: ErrorFields, sql: string) {
    const position = Number(fields['P'])
    super(codeOf(fields), '', {
      hint: fields['H'] ?? '',
      ...(fields['D'] !== undefined && { detail: fields['D'] }),
      ...(position > 0 && { position }),
    })
    this.message = fields['M'] ?? ''
    this.state = fields['C'] ?? 'XX000'
    this.excerpt = position > 0 ? excerptAt(sql, position) : undefined
  }

  override get sqlstate(): string {
    return this.state
  }
}

/** Columns of a line that are shown on each side of the fault. */
const around = 60

/** @param position in characters (code points) from 1, as PostgreSQL counts */
export function excerptAt(sql: string, position: number): string {
  const before = [...sql].slice(0, position - 1).join('')
  const start = before.lastIndexOf('\n') + 1
  const line = sql.slice(start).split('\n', 1)[0] ?? ''
  const column = before.length - start
  const from = Math.max(0, column - around)
  const label = `LINE ${before.split('\n').length}: ${from > 0 ? '…' : ''}`
  const shown = line.slice(from, column + around).replaceAll('\t', ' ')
  return `${label}${shown}\n${' '.repeat(label.length + column - from)}^`
}

/** Longest first: a message may begin as another one's whole does. */
const messages = (Object.keys(catalogue) as ErrorCode[]).sort(
  (a, b) => catalogue[b].message.length - catalogue[a].message.length,
)

/** The gateway's own errors begin with `hoop: ` and the catalogue's words; everything else is the server's. */
function codeOf({ M: message = '' }: ErrorFields): ErrorCode {
  if (!message.startsWith('hoop: ')) return 'STATEMENT_FAILED'
  const words = message.slice('hoop: '.length)
  return messages.find((code) => words.startsWith(catalogue[code].message)) ?? 'STATEMENT_BLOCKED'
}
