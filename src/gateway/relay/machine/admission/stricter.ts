import type { Decision } from '../../../../policy/decision.js'

const order = ['allow', 'hold', 'estimate', 'refuse'] as const

/**
 * The stricter of two; what it would let through are the statements of the first.
 * @param approved rules by which the second was approved already
 */
export const stricter = (own: Decision, then: Decision, approved: readonly string[]): Decision => {
  if (own.kind === 'refuse' || then.kind === 'refuse') return own.kind === 'refuse' ? own : then
  const wanted =
    then.kind === 'hold' ? [then.rule, ...(then.others ?? [])].filter(({ name }) => !approved.includes(name)) : []
  const { statements } = own
  if (then.kind === 'hold') {
    const [rule, ...others] = own.kind === 'hold' ? [own.rule, ...(own.others ?? []), ...wanted] : wanted
    if (!rule || own.kind === 'estimate') return own
    return { ...then, statements, rule, others }
  }
  if (then.kind === 'estimate')
    return order.indexOf(own.kind) < order.indexOf('estimate') ? { ...then, statements } : own
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

/** The stricter of two that may run in one another's place: what it would let through are the statements of both. */
export const either = (one: Decision, other: Decision): Decision => {
  if (one.kind === 'refuse') return one
  if (other.kind === 'refuse') return other
  const strict = stricter(one, other, [])
  if (strict.kind === 'refuse') return strict
  return { ...strict, statements: [...one.statements, ...other.statements] }
}
