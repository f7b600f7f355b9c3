import type { Estimate, Unestimated } from '../../../../policy/decision.js'
import { readErrorFields } from '../../../../wire/error-fields.js'
import { onlyColumn } from '../../../../wire/backend.js'
import { Backend } from '../../../../wire/tags.js'
import { conditionOf, isOfText } from '../../rows/redaction.js'
import type { PlanRequest } from '../requests.js'

/** Asks the planner. Nothing runs: there is no ANALYZE, and the policy has seen to it that planning itself does no harm. */
export const explainOf = (sql: string): string => `EXPLAIN (FORMAT JSON) ${sql}`

interface Plan {
  readonly 'Plan Rows'?: number
  readonly 'Node Type'?: string
  readonly Plans?: readonly Plan[]
}

const rowsOf = ({ 'Plan Rows': rows = 0 }: Plan): number => rows

/** The most of a plan: what comes out at the top, what any part of it writes; of all parts where rows are folded into values. */
const most = (plan: Plan, folds: boolean, top = true): number => {
  const { Plans: parts = [] } = plan
  const written = plan['Node Type'] === 'ModifyTable' ? parts.reduce((sum, part) => sum + rowsOf(part), 0) : 0
  return Math.max(top || folds ? rowsOf(plan) : 0, written, ...parts.map((part) => most(part, folds, false)))
}

/** @param plans what EXPLAIN gives in its format JSON: a plan for each statement that a rule makes of it */
export const estimateOf = (plans: unknown, folds: boolean): Estimate => {
  const rows = (Array.isArray(plans) ? (plans as { readonly Plan?: Plan }[]) : []).flatMap(({ Plan: plan }) =>
    plan ? [most(plan, folds)] : [],
  )
  return rows.length > 0 ? { rows: Math.max(...rows) } : { unknown: 'the planner said nothing of it' }
}

const read = (json: string, folds: boolean): Estimate => {
  try {
    return estimateOf(JSON.parse(json), folds)
  } catch {
    return { unknown: 'the planner’s answer can’t be read' }
  }
}

/**
 * Takes one message of the answer to an EXPLAIN of ours.
 * @returns the estimate with the last of them
 */
export const estimateFrom = (
  request: PlanRequest,
  tag: number,
  buffer: Buffer,
  start: number,
  end: number,
): Estimate | undefined => {
  if (tag === Backend.Error) {
    const fields = readErrorFields(buffer, start, end)
    // It may quote what a masked column holds.
    const withheld = request.scrub && !isOfText(fields)
    return {
      unknown: withheld ? `the server refuses to plan it: ${conditionOf(fields)}` : (fields['M'] ?? ''),
      failed: true,
    }
  }
  if (tag === Backend.DataRow) request.plan += onlyColumn(buffer, start, end) ?? ''
  if (tag === Backend.CommandComplete) request.planned = true
  if (tag === Backend.CloseComplete && request.planned && --request.closes === 0)
    return read(request.plan, request.folds)
  return undefined
}

/** What the relay has to ask for a decision. */
export type Question = Pick<Unestimated, 'sql' | 'folds'> & { readonly scrub: boolean }
