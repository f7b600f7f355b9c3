import { HoopError } from '../../lib/errors.js'
import type { Candidate } from './matching.js'
import { conditionsPhrase } from './asked.js'

/** What helps where a statement can't be read, by its kind. */
const ways: Readonly<Record<string, string>> = {
  // Trusted by its name, it could do anything: so it is made by somebody else.
  create:
    'Ask an administrator to create it on the database itself. To let people call it, it is listed under the policy’s trusted_functions.',
  do: 'Write it without EXECUTE, or send its statements one by one.',
}

const way =
  'What can’t be read may do anything. Write it so that hoop can read it, or ask an administrator to list the function under trusted_functions.'

/** What the person is told. */
export const refusalBy = ({ rule: { name, when, message, hint, firm }, why, kind = '' }: Candidate): HoopError => {
  if (firm)
    return new HoopError(firm, why ?? '', {
      ...(why !== undefined && { hint: Object.hasOwn(ways, kind) ? ways[kind]! : way }),
    })
  const about = message ?? `rule ${name} (${conditionsPhrase(when)})`
  if (why === undefined)
    return new HoopError('STATEMENT_BLOCKED', about, {
      detail: `The rule is ${name}.`,
      ...(hint !== undefined && { hint }),
    })
  // The rule's own words speak of what this statement may not do at all.
  return new HoopError('STATEMENT_BLOCKED', `rule ${name} may apply: ${why}`, {
    detail: `The rule is ${name}: ${about}.`,
    hint: Object.hasOwn(ways, kind) ? ways[kind]! : way,
  })
}
