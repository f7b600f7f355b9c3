import type { Output } from '../facts.js'
import { unproven } from './refusal.js'
import { hidden, type Shape } from './scope.js'

/**
 * The output columns as the client gets them, in order; undefined where their number is not known and none is masked.
 * @throws {Refusal} where it can't be told which of them is masked
 */
export const outputsOf = (shape: Shape): readonly Output[] | undefined => {
  const column = hidden(shape)
  if (shape.open) {
    if (column !== undefined) throw unproven(column, 'its place among the output columns is not known', 'names')
    return undefined
  }
  return shape.columns.map(({ mark }) => mark)
}
