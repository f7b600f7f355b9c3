import type { Decision } from '../../../../policy/decision.js'

type Passing = Exclude<Decision, { kind: 'refuse' }>

/** The first, which rests on what the other rests on as well. */
const restingOn = (own: Passing, then: Passing): Passing => {
  const more = [...then.statements.flatMap(({ premise }) => premise ?? []), ...(then.behind ?? [])]
  return more.length > 0 ? { ...own, behind: [...(own.behind ?? []), ...more] } : own
}

const order = ['allow', 'hold', 'estimate', 'refuse'] as const

/**
 * The stricter of two; what it would let through are the statements of the first.
 * @param approved rules by which the second was approved already
 */
export const stricter = (own: Decision, then: Decision, approved: readonly string[]): Decision => {
  if (own.kind === 'refuse') return own
  if (then.kind === 'refuse') {
    // What is doubted there is another text than the one at hand.
    const { doubted: _, ...refused } = then
    return refused
  }
  return strict(restingOn(own, then), then, approved)
}

const strict = (own: Passing, then: Passing, approved: readonly string[]): Passing => {
  const wanted =
    then.kind === 'hold' ? [then.rule, ...(then.others ?? [])].filter(({ name }) => !approved.includes(name)) : []
  const { statements } = own
  const behind = own.behind && { behind: own.behind }
  if (then.kind === 'hold') {
    const [rule, ...others] = own.kind === 'hold' ? [own.rule, ...(own.others ?? []), ...wanted] : wanted
    if (!rule || own.kind === 'estimate') return own
    return { ...then, ...behind, statements, rule, others }
  }
  if (then.kind === 'estimate')
    return order.indexOf(own.kind) < order.indexOf('estimate') ? { ...then, ...behind, statements } : own
  if (own.kind !== 'allow') return own
  const warnings = [...(own.warnings ?? []), ...(then.warnings ?? [])]
  const observed = [...(own.observed ?? []), ...(then.observed ?? [])]
  if (warnings.length === 0 && observed.length === 0 && !then.open) return own
  return {
    ...own,
    ...((own.open || then.open) && { open: true }),
    ...(warnings.length > 0 && { warnings }),
    ...(observed.length > 0 && { observed }),
  }
}
