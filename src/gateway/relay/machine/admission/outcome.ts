import type { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement, RuleMatch } from '../../../../policy/decision.js'
import type { Raise } from '../../../budgets/budgets.js'

/** What policy said of something that is on its way to the server: the request that is entered for it carries this. */
export interface Admission {
  readonly kind: 'admitted'
  /** Per statement of the text, in order. */
  readonly statements: readonly AllowedStatement[]
  readonly warnings: readonly RuleMatch[] | undefined
  readonly observed: readonly RuleMatch[] | undefined
  /** Hours, or who asks, may decide otherwise another time. */
  readonly open: boolean
  /** Rules by which it was approved, and ids of the requests for that, with a space between. */
  readonly rules: readonly string[]
  readonly approval: string | undefined
  /** Rows that the planner expects, where it was asked. */
  readonly estimate: number | undefined
  /** What it may take beyond its budgets. */
  readonly raise: Raise | undefined
  /** Whether rows come out, or in an order, by distances of masked vectors. */
  readonly searches: boolean
}

export interface Refusal {
  readonly kind: 'refused'
  readonly error: HoopError
  readonly rule?: string | undefined
  /** The request for an approval that it ended. */
  readonly approval?: string | undefined
}
