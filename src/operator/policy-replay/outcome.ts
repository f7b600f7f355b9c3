import type { Decision } from '../../policy/decision.js'
import type { RefusalEvent, StatementEvent } from '../../recording/events.js'

/** What is done with a statement, and why. */
export interface Outcome {
  readonly done: 'allow' | 'warn' | 'hold' | 'refuse'
  /** The rule, or the code of the error where no rule was it. */
  readonly by?: string
}

/** Refusals that are not the policy's word on the statement: they say nothing of what another policy would do. */
const others: ReadonlySet<string> = new Set(['SYNTAX', 'FUNCTION_CALL_REFUSED', 'MEMORY_EXHAUSTED', 'INTERNAL'])

export const recordedOutcome = (event: StatementEvent | RefusalEvent): Outcome | undefined => {
  if (event.type === 'refusal') {
    if (others.has(event.code)) return undefined
    // Held, and not approved: what became of it is not the policy's doing.
    if (event.code.startsWith('APPROVAL_')) return { done: 'hold', ...(event.rule && { by: event.rule }) }
    return { done: 'refuse', by: event.rule ?? event.code }
  }
  // A mistake of whoever wrote it: no policy would have run it.
  if (event.checked) return undefined
  // The rule by which it was held stands with the approval; here it is enough that it was.
  if (event.approval !== undefined) return { done: 'hold' }
  const [warning] = event.warnings ?? []
  return warning ? { done: 'warn', by: warning.rule } : { done: 'allow' }
}

/** Undefined where it depends on an estimate that the recording doesn't have. */
export const decidedOutcome = (decision: Decision): Outcome | undefined => {
  if (decision.kind === 'estimate') return undefined
  if (decision.kind === 'refuse') return { done: 'refuse', by: decision.rule ?? decision.error.code }
  if (decision.kind === 'hold') return { done: 'hold', by: decision.rule.name }
  const [warning] = decision.warnings ?? []
  return warning ? { done: 'warn', by: warning.rule } : { done: 'allow' }
}

/** Whether something else would happen to the person who sent it. */
export const differs = (was: Outcome, would: Outcome): boolean => was.done !== would.done
