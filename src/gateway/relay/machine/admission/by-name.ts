import { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement, Asker, Decision } from '../../../../policy/decision.js'
import { nameKey } from '../../../../wire/frontend.js'
import type { Meaning, Names } from '../names/names.js'
import type { MachineGuard } from '../state.js'
import { stricter } from './stricter.js'

/** Meanings of one name that may be decided on: more are not told apart. */
const MAX_MEANINGS = 32

/** What decides on statements that are run by a name. */
export interface NamedDecisions {
  readonly guard: MachineGuard
  readonly names: Names
  /** In which the statement is sent. */
  readonly pipeline: number
}

type Runs = Pick<AllowedStatement, 'kinds' | 'runs'>

const meaningsOf = ({ names, pipeline }: Omit<NamedDecisions, 'guard'>, { kinds, runs }: Runs): readonly Meaning[] => {
  if (runs) {
    const key = nameKey(runs.name)
    return runs.of === 'statement'
      ? names.statements.candidates(key, pipeline)
      : names.portals.candidates(key, pipeline)
  }
  // EXPLAIN ANALYZE EXECUTE, CREATE TABLE AS EXECUTE: which one is not in the facts.
  return kinds.includes('execute') ? [...names.statements.all()] : []
}

/** All texts that statements may run by name: whoever approves them approves those. */
export const textsRun = (from: Omit<NamedDecisions, 'guard'>, statements: readonly Runs[]): readonly string[] =>
  statements.flatMap((statement) =>
    meaningsOf(from, statement).flatMap(({ of, text }) =>
      text === '' || (of === 'portal' && !statement.runs) ? [] : [text],
    ),
  )

/** What policy says of all that statements run by name, beside what it says of them. */
export const decideByName = (from: NamedDecisions, own: Decision, asker: Asker): Decision => {
  let decision = own
  if (own.kind === 'refuse') return own
  for (const statement of own.statements) {
    if (decision.kind === 'refuse') return decision
    if (statement.runs || statement.kinds.includes('execute'))
      decision = decideMeanings(from.guard, decision, meaningsOf(from, statement), statement.runs?.name ?? 'one', asker)
  }
  return decision
}

/** The same for meanings of one name. */
export const decideMeanings = (
  guard: MachineGuard,
  own: Decision,
  meanings: readonly Meaning[],
  name: string,
  asker: Asker,
): Decision => {
  if (meanings.length > MAX_MEANINGS && own.kind !== 'refuse' && own.statements.some(({ runs }) => runs))
    return tooMany(name)
  let decision = own
  for (const { of, text, approved } of meanings) {
    if (text === '') continue
    // What a cursor is about was counted when it was declared.
    const estimate = of === 'portal' ? { rows: 0 } : asker.estimate
    const then = guard.decide(text, { ...asker, now: asker.now, running: true, estimate })
    const counted = then.kind === 'estimate' ? countable(guard, decision, text, then, asker) : then
    decision = stricter(decision, counted, approved)
  }
  return decision
}

/** The planner can be asked about an EXECUTE that stands alone, with arguments that nothing has to be computed for. */
const countable = (
  guard: MachineGuard,
  own: Decision,
  text: string,
  then: Extract<Decision, { kind: 'estimate' }>,
  asker: Asker,
): Decision => {
  const [only, more] = own.kind === 'refuse' ? [] : own.statements
  if (only?.planned !== undefined && !more) return { ...then, sql: only.planned }
  const estimate = { unknown: 'the statement that runs it can’t be planned' }
  return guard.decide(text, { ...asker, now: asker.now, running: true, estimate })
}

const tooMany = (name: string): Decision => ({
  kind: 'refuse',
  error: new HoopError('STATEMENT_UNPROVEN', `what was prepared as ${name} is no longer known`, {
    hint: 'Wait for the answers to what was prepared by that name, or use another name.',
  }),
})
