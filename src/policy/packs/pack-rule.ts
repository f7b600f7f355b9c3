import type { RuleConfig } from '../config/policy/rules.js'

/** A rule as a pack brings it: that it comes from one is added where a policy asks for it. */
export type PackRule = Omit<RuleConfig, 'pack'>
