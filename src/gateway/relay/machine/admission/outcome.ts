import type { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement, Premise, RecordedFacts, Refused, RuleMatch } from '../../../../policy/decision.js'
import type { Raise } from '../../../budgets/budgets.js'
import type { Found, Rests } from '../names/names.js'

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
  /** What was found for statements that it runs by a name, now that they run. */
  readonly found: Found
  /** What the decision rests on beside what is said of its statements: of all that they run by a name. */
  readonly behind: readonly Premise[]
}

/** All of it. */
export const premisesOf = ({ statements, behind }: Rests): readonly Premise[] => {
  const [only, more] = statements
  if (!more && behind.length === 0) return only?.premise ? [only.premise] : none
  return [...statements.flatMap(({ premise }) => premise ?? []), ...behind]
}

const none: readonly never[] = []

export interface Refusal {
  readonly kind: 'refused'
  readonly error: HoopError
  readonly rule?: string | undefined
  /** The request for an approval that it ended. */
  readonly approval?: string | undefined
  /** See `Refused`. */
  readonly doubted?: number | undefined
  /** What it would have done, as far as that is known. */
  readonly facts?: readonly RecordedFacts[] | undefined
}

/** Where no policy says anything, and what any other admission differs from. */
export const unguarded: Admission = {
  ...{ kind: 'admitted', statements: [], warnings: undefined, observed: undefined, open: false },
  ...{ rules: [], approval: undefined, estimate: undefined, raise: undefined, searches: false },
  ...{ found: [], behind: [] },
}

export const refused = (error: HoopError, rule?: string): Refusal => ({ kind: 'refused', error, rule })

/** By the policy's word on the text. */
export const refusedBy = ({ error, rule, doubted, facts }: Refused): Refusal => ({
  ...{ kind: 'refused', error, rule, doubted, facts },
})
