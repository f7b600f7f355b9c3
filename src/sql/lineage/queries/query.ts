import type { Fields } from '../../tree.js'
import { deletion, insertion, update } from './changes.js'
import { merging } from './merge.js'
import type { Place, Proof } from '../proof.js'
import { unproven } from '../refusal.js'
import type { Shape } from '../scope.js'
import { select } from './select.js'

export type QueryRule = (proof: Proof, fields: Fields, place: Place) => Shape

/** How each kind of statement that yields rows is analysed. A kind that isn't here is refused. */
export const queries: Record<string, QueryRule> = {
  SelectStmt: select,
  InsertStmt: insertion,
  UpdateStmt: update,
  DeleteStmt: deletion,
  MergeStmt: merging,
}

/**
 * The output columns of a statement that yields rows.
 * @throws {Refusal} where a masked column is used in any way but as a plain output, or something can't be told
 */
export const query = (proof: Proof, type: string, fields: Fields, place: Place): Shape => {
  proof.step()
  const analysis = queries[type]
  if (!analysis)
    throw unproven(
      type.replace(/Stmt$/, '').toUpperCase(),
      'this kind of statement is not analysed where masked columns are involved',
      'query',
    )
  return analysis(proof, fields, place)
}
