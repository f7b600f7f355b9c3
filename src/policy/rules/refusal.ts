import { HoopError } from '../../lib/errors.js'
import type { Candidate } from './matching.js'
import { conditionsPhrase } from './asked.js'

/** What the person is told. */
export const refusalBy = ({ rule: { name, when, message, hint }, why }: Candidate): HoopError => {
  const about = message ?? `rule ${name} (${conditionsPhrase(when)})`
  if (why === undefined)
    return new HoopError('STATEMENT_BLOCKED', about, {
      detail: `The rule is ${name}.`,
      ...(hint !== undefined && { hint }),
    })
  // The rule's own words speak of what this statement may not do at all.
  return new HoopError('STATEMENT_BLOCKED', `rule ${name} may apply: ${why}`, {
    detail: `The rule is ${name}: ${about}.`,
    hint: 'What can’t be read may do anything. Write it so that hoop can read it, or ask an administrator to list the function under trusted_functions.',
  })
}
