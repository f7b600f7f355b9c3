import { RE2JS } from 're2js'
import { HoopError } from '../../lib/errors.js'
import { durationText } from '../../lib/when.js'
import { hoursPhrase, within } from '../../policy/rules/clock.js'
import type { AccessEntry } from './view.js'

/** Why an entry gives nothing at this moment, for people; undefined where it does. */
export const outOfTime = ({ until, hours }: AccessEntry, now: Date): string | undefined => {
  if (until !== undefined && until <= now.getTime()) return `it ended at ${new Date(until).toISOString()}`
  if (hours && !within(hours, now)) return `it is open ${hoursPhrase(hours)}`
  return undefined
}

const patterns = new Map<string, RE2JS>()

/** Whether a text has what a pattern of the configuration asks for, anywhere in it. */
export const hasMatch = (pattern: string, text: string): boolean => {
  let compiled = patterns.get(pattern)
  if (!compiled) patterns.set(pattern, (compiled = RE2JS.compile(pattern)))
  return compiled.test(text)
}

/** @throws {HoopError} REASON_REQUIRED where an entry asks for a reason that this isn't */
export const demandReason = ({ reason: wanted }: AccessEntry, connection: string, reason: string | undefined): void => {
  if (wanted === undefined) return
  if (!reason?.trim()) throw new HoopError('REASON_REQUIRED', `for ${connection}`)
  if (wanted !== 'required' && !hasMatch(wanted, reason))
    throw new HoopError('REASON_REQUIRED', `for ${connection}, with what ${wanted} matches in it`)
}

/** The command that asks for an entry's policy. */
export const askCommand = (connection: string, { policy, request }: AccessEntry): string =>
  `hoop access request ${connection} --policy ${policy} --for ${durationText(Math.min(request?.longest ?? 0, 2 * 3_600_000))} --reason '…'`
