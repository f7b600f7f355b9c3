import { asHoopError, HoopError } from '../../../../lib/errors.js'
import { type Admission, premisesOf } from '../admission/outcome.js'
import type { Portal, Rests } from '../names/names.js'
import type { Pipeline } from '../client/pipeline.js'
import type { Premise } from '../../../../policy/decision.js'
import type { State } from '../state.js'
import type { Given, Wants } from '../suspension/suspension.js'

type Confirming = readonly Buffer[] | undefined

/** What the witness of a statement is asked. */
export const confirming = ({ guard }: State, premises: readonly Premise[]): Confirming =>
  premises.length === 0 ? undefined : guard?.witness?.(premises)

export const sameParameters = (one: readonly Buffer[], other: readonly Buffer[] | undefined): boolean =>
  one === other || (one.length === other?.length && one.every((each, i) => each.equals(other[i]!)))

/** A catalog that changes faster than it can be read is a reason to give up. */
export const MAX_ATTEMPTS = 3

/** What has to come before a statement may go: the server's word, and where that was against it, a catalog that is new. */
export const awaited = (
  parameters: readonly Buffer[],
  { confirmed, changed, attempts }: Given,
): Wants | HoopError | undefined => {
  if (changed) return attempts >= MAX_ATTEMPTS ? changed : { kind: 'catalog' }
  return sameParameters(parameters, confirmed) ? undefined : { kind: 'witness', parameters }
}

/**
 * What has to come first in a transaction whose queries see an old state of the catalog: the witness doesn't see there what
 * was added since, so the gateway looks over a connection of its own.
 */
export const lookedAt = (state: State, rests: Rests, { current }: Given): Wants | HoopError | undefined => {
  const old = state.witness.seesOld || rests.statements.some(({ isolation }) => isolation?.old)
  if (!old || current || !state.renews || !state.guard?.witness || premisesOf(rests).length === 0) return undefined
  if (current === undefined) return { kind: 'catalog', needed: true }
  return new HoopError('CATALOG_LATE', 'in a transaction that sees an old state of it')
}

/**
 * What has to come before an Execute there: the Bind has its plan and holds its locks, and what the witness can't see has to
 * be what it was before the Bind. A portal that goes on is behind that.
 */
export const addedSince = (
  state: State,
  rests: Rests,
  portal: Portal | undefined,
  given: Given,
): Wants | HoopError | undefined => {
  if (portal?.confirmed || portal?.executed) return undefined
  const wants = lookedAt(state, rests, given)
  if (wants || !given.current || !portal || portal.bySql || portal.catalog === state.guard?.catalog) return wants
  return new HoopError('CATALOG_CHANGED', 'something was added while it was being planned')
}

/** What has to come before a Bind: of what must not run behind anything else, the server's word as well. */
export const beforeBind = (
  state: State,
  admission: Admission,
  pipeline: Pick<Pipeline, 'holds'>,
  given: Given,
): Wants | HoopError | undefined => {
  const looked = lookedAt(state, admission, given)
  const behind = pipeline.holds === 'bound' || state.answering.kind !== 'normal'
  if (looked || behind || !runsAlone(admission)) return looked
  const parameters = confirming(state, premisesOf(admission))
  return parameters && awaited(parameters, given)
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
const runsAlone = ({ statements }: Rests): boolean => statements.some(({ alone }) => alone)

const copiesIn = ({ statements }: Admission): boolean =>
  statements.some(({ kinds, stream }) => kinds.includes('copy') && !stream)

/**
 * Whether a PREPARE TRANSACTION stands outside of a block that BEGIN has opened: as a message by itself it would prepare
 * nothing there, and what comes behind it would begin a transaction of its own.
 */
const preparesOutside = ({ queue, transaction }: State, { statements }: Admission): boolean => {
  let open = transaction === 'T' && queue.length === 0
  for (const { kind, kinds } of statements) {
    // A PREPARE of a statement has that one's kind with it.
    const prepares = kind === 'prepare' && kinds.length === 1
    if (prepares && !open) return true
    if (kind === 'begin') open = true
    else if (prepares || kind === 'commit' || kind === 'rollback') open = false
  }
  return false
}

/** COPY data may be expected when it arrives: another message than a Query would end the session there. */
const mayCopyIn = ({ queue }: State): boolean =>
  queue.some((request) => request.kind === 'query' && request.admission !== undefined && copiesIn(request.admission))

/** Whether messages of the extended query, with a Sync, may stand for a Query: the server neither skips nor copies. */
export const takesExtended = (state: State): boolean =>
  state.answering.kind !== 'skipping' &&
  state.answering.kind !== 'copyIn' &&
  !mayCopyIn(state) &&
  !state.queue.some(({ kind }) => kind === 'execute')

/** @param open the pipeline holds messages that no Sync has ended */
export const wayOf = (state: State, admission: Admission, open: boolean): Way => {
  try {
    const premises = premisesOf(admission)
    const { answering, guard } = state
    // The server ignores it, or takes it for a breach of COPY. Behind the end of COPY data it would run it.
    const fails = answering.kind === 'skipping' || (answering.kind === 'copyIn' && answering.open)
    if (premises.length === 0 || !guard?.witness || fails) return { kind: 'plain' }
    const { statements, behind } = admission
    const [only, more] = statements
    // Of many statements that are played nobody asks for all together, and to work that out takes a while.
    const together = (): Way => {
      const parameters = confirming(state, premises)
      return parameters ? { kind: 'behind', parameters } : { kind: 'plain' }
    }
    if (!more && (!planned.has(only?.kind ?? '') || open || mayCopyIn(state))) return together()
    if (copiesIn(admission)) return { kind: 'refused', error: new HoopError('COPY_ALONE') }
    if (more && (open || mayCopyIn(state))) return together()
    if (more && preparesOutside(state, admission))
      return { kind: 'refused', error: new HoopError('PREPARE_TRANSACTION_ALONE') }
    const asked = new Map(
      [...new Set(statements)].map(
        (each) => [each, confirming(state, each.premise ? [each.premise, ...behind] : behind)] as const,
      ),
    )
    const parameters = statements.map((each) => asked.get(each))
    return { kind: 'played', parameters }
  } catch (error) {
    return { kind: 'refused', error: asHoopError(error) }
  }
}
