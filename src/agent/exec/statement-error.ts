import { catalogue, notices, type ErrorCode, HoopError } from '../../lib/errors.js'
import type { ErrorFields } from '../../wire/error-fields.js'
import { hoopCode } from '../../wire/hoop-code.js'

/** An error that came over the PostgreSQL protocol: the server's, or the gateway's in its place. */
export class StatementError extends HoopError {
  /** As it was sent; the catalogue knows only a class of its own. */
  readonly state: string
  /** The line of the SQL that is at fault, with a mark below, as psql shows it. */
  readonly excerpt: string | undefined
  /** The gateway's code, where the catalogue here doesn't have it. */
  readonly foreignCode: string | undefined

  constructor(fields: ErrorFields, sql: string) {
    const position = Number(fields['P'])
    const code = hoopCode(fields)
    super(codeOf(code, fields['C']), '', {
      hint: fields['H'] ?? '',
      ...(fields['D'] !== undefined && { detail: fields['D'] }),
      ...(position > 0 && { position }),
    })
    this.message = fields['M'] ?? ''
    this.foreignCode = isForeign(code) ? code : undefined
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

/** Codes that a newer gateway has and this hoop doesn't, by SQLSTATE: what decides the exit status. */
const nearest: Readonly<Record<string, ErrorCode>> = {
  '08006': 'UPSTREAM_LOST',
  '28000': 'ACCESS_DENIED',
  '53300': 'GATEWAY_FULL',
  '53400': 'BUDGET_EXHAUSTED',
  '57P01': 'SESSION_KILLED',
  '58030': 'RECORDING_FAILED',
}

const isKnown = (code: string): code is ErrorCode => Object.hasOwn(catalogue, code)

const isForeign = (code: string | undefined): boolean =>
  code !== undefined && !isKnown(code) && !Object.hasOwn(notices, code)

/** Without a code of hoop's it is the server's, and so it is where hoop only holds its text back. */
function codeOf(code: string | undefined, sqlstate = ''): ErrorCode {
  if (code === undefined || Object.hasOwn(notices, code)) return 'STATEMENT_FAILED'
  return isKnown(code) ? code : (nearest[sqlstate] ?? 'STATEMENT_BLOCKED')
}
