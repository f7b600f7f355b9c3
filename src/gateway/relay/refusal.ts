import type { HoopError } from '../../lib/errors.js'
import { forClients } from '../../lib/readers.js'
import type { RuleMatch } from '../../policy/decision.js'
import { noticeResponse } from '../../wire/error-fields.js'
import { hoopError, hoopNotice } from '../../wire/hoop-code.js'

export const refusalOf = (error: HoopError): Buffer => hoopError(forClients(error))

/** What a rule that only warns has to say. */
export const noticeOf = ({ rule, message }: RuleMatch): Buffer =>
  noticeResponse(hoopNotice('RULE_WARNING', `rule ${rule}${message === undefined ? '' : `: ${message}`}`))

/** That a budget will soon be used up. */
export const budgetWarning = (text: string): Buffer => noticeResponse(hoopNotice('BUDGET_NEARLY_USED', text))

/** That the session will soon be ended; nothing has failed. */
export const advice = (text: string, hint: string): Buffer =>
  noticeResponse(hoopNotice('SESSION_ENDS_SOON', text, { hint }))

/** Ends a session: the client closes after it. */
export const fatalOf = (error: HoopError): Buffer => hoopError(forClients(error), 'FATAL')
