import { asHoopError, HoopError } from '../../../../lib/errors.js'
import { Unread } from '../../../../policy/texts/long-texts.js'
import type { MachineGuard } from '../guard.js'
import type { Given, Waiting } from '../suspension/suspension.js'
import { refused, type Refusal } from './outcome.js'

/** Long texts that one message may wait for: its own, again where the catalog has changed meanwhile, and what it runs by names. */
const MAX_READINGS = 32

/** A text that takes a while to be decided on. */
export const unread = (guard: MachineGuard | undefined, text: string, { readings = 0 }: Given): Waiting | undefined =>
  readings < MAX_READINGS && guard?.slow?.(text)
    ? { kind: 'waits', wants: { kind: 'decision', text, by: guard } }
    : undefined

/** What could not be decided is refused, unless a text has to be read first: the message's own, or one that is run by a name. */
export const undecided = (guard: MachineGuard | undefined, error: unknown, given: Given): Refusal | Waiting => {
  if (!(error instanceof Unread)) return refused(asHoopError(error))
  const failure = new HoopError('ANALYSIS_FAILED', 'the catalog changes faster than it can be read')
  return unread(guard, error.text, given) ?? refused(failure)
}
