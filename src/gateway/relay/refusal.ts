import type { HoopError } from '../../lib/errors.js'
import type { RuleMatch } from '../../policy/decision.js'
import { errorResponse, noticeResponse, readErrorFields, type ErrorFields } from '../../wire/error-fields.js'

/**
 * Our error as PostgreSQL would report it. A syntax error is the server's own in all but place of birth and carries no
 * prefix.
 */
export const errorFields = (error: HoopError, severity: 'ERROR' | 'FATAL' = 'ERROR'): ErrorFields => ({
  S: severity,
  V: severity,
  C: error.sqlstate,
  M: error.code === 'SYNTAX' ? error.about || error.message : `hoop: ${error.message}`,
  ...(error.detail ? { D: error.detail } : {}),
  ...(error.hint ? { H: error.hint } : {}),
  ...(error.position ? { P: String(error.position) } : {}),
})

export const refusalOf = (error: HoopError): Buffer => errorResponse(errorFields(error))

/** What a rule that only warns has to say. */
export const noticeOf = ({ rule, message }: RuleMatch): Buffer =>
  noticeResponse({
    ...{ S: 'NOTICE', V: 'NOTICE', C: '01000' },
    M: `hoop: rule ${rule}${message === undefined ? '' : `: ${message}`}`,
  })

/** Something about the session that the client should know; nothing has failed. */
export const advice = (text: string, hint: string): Buffer =>
  noticeResponse({ S: 'NOTICE', V: 'NOTICE', C: '00000', M: `hoop: ${text}`, H: hint })

/** Ends a session: the client closes after it. */
export const fatalOf = (error: HoopError): Buffer => errorResponse(errorFields(error, 'FATAL'))

// Severity, SQLSTATE, position, the server's source place and the names of objects say nothing of values.
const harmless = ['S', 'V', 'C', 'P', 's', 't', 'c', 'd', 'n', 'F', 'L', 'R'] as const

/** An ErrorResponse or NoticeResponse without what could hold a masked value: message, detail, hint, where, queries. */
export const scrubbed = (kind: 'error' | 'notice', buffer: Buffer, start: number, end: number): Buffer => {
  const fields = readErrorFields(buffer, start, end)
  const kept: Record<string, string> = {}
  for (const code of harmless) if (fields[code] !== undefined) kept[code] = fields[code]
  // With a context, it is a place inside of a value that was read as the name of something.
  if (fields['W'] !== undefined) delete kept['P']
  kept['M'] = `hoop: the text of this ${kind} is withheld, since the statement touches masked columns`
  return kind === 'error' ? errorResponse(kept) : noticeResponse(kept)
}
