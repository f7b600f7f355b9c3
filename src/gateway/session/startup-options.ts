import { HoopError } from '../../lib/errors.js'
import type { Asker, Guard } from '../../policy/decision.js'

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * What a client sets as it connects, a policy allows or forbids as it would the same SET.
 * @param asked settings beyond those that drivers send
 * @throws {HoopError} OPTION_REFUSED, with the policy's reason
 */
export const assertAllowed = (guard: Pick<Guard, 'decide'>, asked: ReadonlyMap<string, string>, asker: Asker): void => {
  for (const [name, value] of asked) {
    const decision = guard.decide(`SET "${name}" TO ${quoted(value)}`, asker)
    if (decision.kind === 'allow') continue
    const why = decision.kind === 'refuse' ? decision.error.message : 'it needs an approval'
    throw new HoopError('OPTION_REFUSED', `${name}: ${why}`, {
      ...(decision.kind === 'refuse' && decision.error.hint && { hint: decision.error.hint }),
    })
  }
}
