import type { Guard } from '../../../policy/decision.js'
import { conditionName } from '../../../wire/conditions.js'
import { errorResponse, noticeResponse, readErrorFields, type ErrorFields } from '../../../wire/error-fields.js'
import { codeField } from '../../../wire/hoop-code.js'

/** Fields of an error or notice that may quote a value: message, detail, hint, where, the statement inside. */
const telling = ['M', 'D', 'H', 'W', 'q'] as const

export interface Redacted {
  /** The message's own text without what detectors find: for the recording. */
  readonly message: string
  /** What goes out in place of the server's; undefined where the server's may. */
  readonly instead: Buffer | undefined
}

/** What the server says may quote what no mask covers: `invalid input syntax for type integer: "ada@example.com"`. */
export const redacted = (
  guard: Pick<Guard, 'scans' | 'maskKey' | 'clear'> | undefined,
  kind: 'error' | 'notice',
  fields: ErrorFields,
): Redacted => {
  const found: Record<string, string> = {}
  for (const code of telling) {
    const text = fields[code]
    const hidden = text === undefined ? text : guard?.scans?.ofText(text, guard.maskKey)
    if (hidden !== undefined) found[code] = hidden
  }
  const message = found['M'] ?? fields['M'] ?? ''
  if (guard?.clear || Object.keys(found).length === 0) return { message, instead: undefined }
  const told = { ...fields, ...found }
  return { message, instead: kind === 'error' ? errorResponse(told) : noticeResponse(told) }
}

// Severity, SQLSTATE, position, the server's source position and the names of objects say nothing of values.
const harmless = ['S', 'V', 'C', 'P', 's', 't', 'c', 'd', 'n', 'F', 'L'] as const

/** `division_by_zero (22012)` */
export const conditionOf = ({ C: sqlstate = '' }: ErrorFields): string => {
  const name = conditionName(sqlstate)
  return name === undefined ? sqlstate : `${name} (${sqlstate})`
}

/** Source files of the server that speak of the columns and objects which a command names, and never of what is in them. */
const naming: ReadonlySet<string> = new Set(['tablecmds.c', 'indexcmds.c', 'copy.c'])

/**
 * Whether an error is about the statement's own text. The server gives a position in it while it analyses it, before
 * anything of it has run; what is found wrong later has none, and what code within the database says has a context or an
 * internal query. Commands that name what isn't there are refused by the server without a position.
 */
export const isOfText = ({ C = '', P, W, p, q, F = '' }: ErrorFields): boolean =>
  W === undefined && p === undefined && q === undefined && (P !== undefined || (C.startsWith('42') && naming.has(F)))

/**
 * Whether an error is about the session: its transaction has failed, it is cancelled or has taken too long, or what the
 * protocol asks for is not there. The server's main loop says that, which sees no row.
 */
export const isOfSession = ({ W, F = '' }: ErrorFields): boolean => W === undefined && F === 'postgres.c'

/** Whether a parameter of the client's own could not be read. */
export const isOfParameter = ({ W = '' }: ErrorFields): boolean =>
  /^(?:unnamed portal|portal "[^\n"]*") parameter \$\d+(?: = [^\n]*)?$/.test(W)

/**
 * An ErrorResponse or NoticeResponse without what could hold a masked value: message, detail, hint, where, queries. An
 * error keeps the name of its condition.
 */
export const withoutText = (kind: 'error' | 'notice', buffer: Buffer, start: number, end: number): Buffer => {
  const fields = readErrorFields(buffer, start, end)
  const kept: Record<string, string> = {}
  for (const code of harmless) if (fields[code] !== undefined) kept[code] = fields[code]
  // With a context, it is a position inside of a value that was read as the name of something.
  if (fields['W'] !== undefined) delete kept['P']
  const condition = kind === 'error' ? `: ${conditionOf(fields)}` : ''
  kept['M'] = `hoop: the text of this ${kind} is withheld, since the statement touches masked columns${condition}`
  kept['R'] = codeField('TEXT_WITHHELD')
  return kind === 'error' ? errorResponse(kept) : noticeResponse(kept)
}
