import { HoopError } from '../../../../lib/errors.js'
import { premisesOf } from '../admission/outcome.js'
import type { Rests } from '../names/names.js'
import type { State } from '../state.js'
import type { Given, Wants } from '../suspension/suspension.js'
import { confirming, MAX_ATTEMPTS, sameParameters } from './confirming.js'

/**
 * Whether what the open transaction has itself changed of the schema can be followed: by reading the catalog as it sees it.
 * Under REPEATABLE READ that doesn't have what others have added.
 */
export const follows = ({ schemaChanged, follows, witness, transaction }: State): boolean =>
  follows && schemaChanged && transaction !== 'E' && !witness.seesOld

/**
 * What has to come first in a transaction that has changed the schema itself. A witness that raised would end it, so the server
 * is asked before; where something is another than the decision rests on, the catalog is read as the transaction sees it.
 */
export const standing = (state: State, rests: Rests, given: Given): Wants | HoopError | undefined => {
  if (!follows(state)) return undefined
  const parameters = confirming(state, premisesOf(rests))
  if (!parameters || sameParameters(parameters, given.stands)) return undefined
  if (given.moved === undefined) return { kind: 'standing', parameters }
  return given.attempts >= MAX_ATTEMPTS ? new HoopError('CATALOG_CHANGED', given.moved) : { kind: 'own' }
}
