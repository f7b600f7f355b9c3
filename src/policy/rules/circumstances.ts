import type { RuleConditions } from '../config/schema.js'
import type { Asker } from '../decision.js'
import { within } from './clock.js'
import { fits } from './glob.js'

/** Conditions that go by who asks and when: they are looked at anew each time. */
const checks = {
  time: ({ time }: RuleConditions, { now }: Asker) => time !== undefined && within(time, now),
  outside: ({ outside }: RuleConditions, { now }: Asker) => outside !== undefined && !within(outside, now),
  application: ({ application = [] }: RuleConditions, asker: Asker) =>
    application.some((pattern) => fits(pattern, asker.application ?? '')),
  groups: ({ groups = [] }: RuleConditions, asker: Asker) => groups.some((group) => asker.groups.includes(group)),
  not_groups: ({ not_groups: groups = [] }: RuleConditions, asker: Asker) =>
    !groups.some((group) => asker.groups.includes(group)),
  program: ({ program }: RuleConditions, asker: Asker) => program === asker.program,
}

type Circumstance = keyof typeof checks

export type Circumstances = (asker: Asker) => boolean

/** What a rule asks of circumstances; undefined where it asks nothing. */
export const circumstancesOf = (when: RuleConditions): Circumstances | undefined => {
  const asked = (Object.keys(checks) as Circumstance[]).filter((key) => when[key] !== undefined)
  if (asked.length === 0) return undefined
  return (asker) => asked.every((key) => checks[key](when, asker))
}
