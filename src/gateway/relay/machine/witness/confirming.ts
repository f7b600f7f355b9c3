import { asHoopError, HoopError } from '../../../../lib/errors.js'
import { type Admission, premisesOf } from '../admission/outcome.js'
import type { Rests } from '../names/names.js'
import type { Premise } from '../../../../policy/decision.js'
import type { State } from '../state.js'
import type { Given, Wants } from '../suspension/suspension.js'

type Confirming = readonly Buffer[] | undefined

/** What the witness of a statement is asked. */
export const confirming = ({ guard }: State, premises: readonly Premise[]): Confirming =>
  premises.length === 0 ? undefined : guard?.witness?.(premises)

const sameParameters = (one: readonly Buffer[], other: readonly Buffer[] | undefined): boolean =>
  one === other || (one.length === other?.length && one.every((each, i) => each.equals(other[i]!)))

/** A catalog that changes faster than it can be read is a reason to give up. */
const MAX_ATTEMPTS = 3

/** What has to come before a statement may go: the server's word, and where that was against it, a catalog that is new. */
export const awaited = (
  parameters: readonly Buffer[],
  { confirmed, changed, attempts }: Given,
): Wants | HoopError | undefined => {
  if (changed) return attempts >= MAX_ATTEMPTS ? changed : { kind: 'catalog' }
  return sameParameters(parameters, confirmed) ? undefined : { kind: 'witness', parameters }
}

/** How a simple query goes to the server. */
export type Way =
  | { readonly kind: 'plain' }
  /** As an extended query, with a witness in front of each statement. */
  | { readonly kind: 'played'; readonly parameters: readonly Confirming[] }
  /** As it is, once the server has confirmed what it rests on. */
  | { readonly kind: 'behind'; readonly parameters: readonly Buffer[] }
  | { readonly kind: 'refused'; readonly error: HoopError }

/** Statements that PostgreSQL plans: their Parse and Bind resolve and lock all that they name. */
const planned: ReadonlySet<string> = new Set(['select', 'values', 'insert', 'update', 'delete', 'merge'])

/** Whether one of them may not run behind a witness in its pipeline. */
export const runsAlone = ({ statements }: Rests): boolean => statements.some(({ alone }) => alone)

const copiesIn = ({ statements }: Admission): boolean =>
  statements.some(({ kinds, stream }) => kinds.includes('copy') && !stream)

/** COPY data may be expected when it arrives: another message than a Query would end the session there. */
const mayCopyIn = ({ queue }: State): boolean =>
  queue.some((request) => request.kind === 'query' && request.admission !== undefined && copiesIn(request.admission))

/** @param open the pipeline holds messages that no Sync has ended */
export const wayOf = (state: State, admission: Admission, open: boolean): Way => {
  try {
    const all = confirming(state, premisesOf(admission))
    const { answering } = state
    // The server ignores it, or takes it for a breach of COPY. Behind the end of COPY data it would run it.
    const fails = answering.kind === 'skipping' || (answering.kind === 'copyIn' && answering.open)
    if (!all || fails) return { kind: 'plain' }
    const { statements, behind } = admission
    const [only, more] = statements
    if (!more && (!planned.has(only?.kind ?? '') || open || mayCopyIn(state)))
      return { kind: 'behind', parameters: all }
    if (copiesIn(admission)) return { kind: 'refused', error: new HoopError('COPY_ALONE') }
    if (more && (open || mayCopyIn(state))) return { kind: 'behind', parameters: all }
    const parameters = statements.map(({ premise }) => confirming(state, premise ? [premise, ...behind] : behind))
    return { kind: 'played', parameters }
  } catch (error) {
    return { kind: 'refused', error: asHoopError(error) }
  }
}
