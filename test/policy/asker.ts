import type { Asker } from '../../src/policy/decision.js'

/** A person of no group who asks now, but for what is said otherwise. */
export const askerOf = (who: Partial<Asker> = {}): Asker => ({
  subject: 'ada',
  groups: [],
  program: false,
  now: new Date(),
  ...who,
})
