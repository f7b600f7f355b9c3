import type { HoopError } from '../../lib/errors.js'
import type { RuleMatch } from '../../policy/decision.js'
import { errorResponse, noticeResponse, readErrorFields } from '../../wire/error-fields.js'
import { codeField, hoopError, hoopNotice } from '../../wire/hoop-code.js'

export const refusalOf = (error: HoopError): Buffer => hoopError(error)

/** What a rule that only warns has to say. */
export const noticeOf = ({ rule, message }: RuleMatch): Buffer =>
  noticeResponse(hoopNotice('RULE_WARNING', `rule ${rule}${message === undefined ? '' : `: ${message}`}`))

/** That a budget will soon be used up. */
export const budgetWarning = (text: string): Buffer => noticeResponse(hoopNotice('BUDGET_NEARLY_USED', text))

/** That the session will soon be ended; nothing has failed. */
export const advice = (text: string, hint: string): Buffer =>
  noticeResponse(hoopNotice('SESSION_ENDS_SOON', text, { hint }))

/** Ends a session: the client closes after it. */
export const fatalOf = (error: HoopError): Buffer => hoopError(error, 'FATAL')

// Severity, SQLSTATE, position, the server's source place and the names of objects say nothing of values.
const harmless = ['S', 'V', 'C', 'P', 's', 't', 'c', 'd', 'n', 'F', 'L'] as const

/** An ErrorResponse or NoticeResponse without what could hold a masked value: message, detail, hint, where, queries. */
export const scrubbed = (kind: 'error' | 'notice', buffer: Buffer, start: number, end: number): Buffer => {
  const fields = readErrorFields(buffer, start, end)
  const kept: Record<string, string> = {}
  for (const code of harmless) if (fields[code] !== undefined) kept[code] = fields[code]
  // With a context, it is a place inside of a value that was read as the name of something.
  if (fields['W'] !== undefined) delete kept['P']
  kept['M'] = `hoop: the text of this ${kind} is withheld, since the statement touches masked columns`
  kept['R'] = codeField('TEXT_WITHHELD')
  return kind === 'error' ? errorResponse(kept) : noticeResponse(kept)
}
