import type { Fields } from '../tree.js'
import { deletion, insertion, update } from './changes.js'
import type { Place, Proof } from './proof.js'
import { unproven } from './refusal.js'
import type { Shape } from './scope.js'
import { select } from './select.js'

type Analysis = (proof: Proof, fields: Fields, place: Place) => Shape

const analyses: Readonly<Record<string, Analysis>> = {
  SelectStmt: select,
  InsertStmt: insertion,
  UpdateStmt: update,
  DeleteStmt: deletion,
}

/**
 * The output columns of a statement that yields rows.
 * @throws {Refusal} where a masked column is used in any way but as a plain output, or something can't be told
 */
export const query = (proof: Proof, type: string, fields: Fields, place: Place): Shape => {
  const analysis = analyses[type]
  if (!analysis)
    throw unproven(
      type.replace(/Stmt$/, '').toUpperCase(),
      'this kind of statement is not analysed where masked columns are involved',
    )
  return analysis(proof, fields, place)
}
