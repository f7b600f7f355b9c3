import { z } from 'zod'
import { duration } from '../sections/quantities.js'
import { approvers } from './approvers.js'
import { conditions, type RuleConditions } from './conditions.js'

const verdicts = ['allow', 'warn', 'approve', 'block'] as const

/**
 * One rule as it is written: when it holds, what is done. One that has the name of a rule of the policy's packs may leave
 * out what it doesn't change.
 */
export const rule = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'a name of letters, digits, dot, dash and underscore'),
  when: conditions.optional(),
  do: z.enum(verdicts).optional(),
  message: z.string().min(1).max(500).optional(),
  hint: z.string().min(1).max(500).optional(),
  approvers: approvers.optional(),
  expires: duration.optional(),
  mode: z.enum(['wait', 'retry']).optional(),
})

export type WrittenRule = z.output<typeof rule>

/** A rule in force. */
export interface RuleConfig extends Omit<WrittenRule, 'when' | 'do'> {
  readonly when: RuleConditions
  readonly do: (typeof verdicts)[number]
  /** The pack that it comes from. */
  readonly pack?: string
  /** Its refusal has a code of its own, and it is in force also where the policy's rules only observe. */
  readonly firm?: 'ROLE_FIXED'
}

export type { RuleConditions }
