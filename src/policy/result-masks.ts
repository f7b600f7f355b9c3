import { HoopError } from '../lib/errors.js'
import type { ColumnMask } from '../masking/types.js'
import type { Output } from '../sql/facts.js'
import type { Field } from '../wire/backend.js'
import type { Origins } from './origins.js'

const disagreement = (what: string): HoopError =>
  new HoopError('STATEMENT_UNPROVEN', `${what}; the statement was stopped before its first row`)

/** The catalog may be older than the column's type: a value of another type is not made up, it is left out. */
const suiting = (mask: ColumnMask, { type }: Field): ColumnMask =>
  mask.type.kind === 'd' || mask.type.oid === type ? mask : { ...mask, spec: 'null' }

/** The mask of one field: what the server says of its origin may add to what was expected, never take away from it. */
const maskOf = (field: Field, expected: Output | undefined, origins: Origins): ColumnMask | undefined | HoopError => {
  const mask = field.table === 0 ? undefined : origins.mask(field.table, field.attribute)
  if (expected?.kind === 'masked' && mask?.column !== expected.column)
    return disagreement(`the server does not confirm that column ${field.name} is ${expected.column}`)
  const derived = field.table === 0 ? undefined : origins.derived(field.table, field.attribute)
  if (derived !== undefined) return new HoopError('COLUMN_MASKED', `column ${field.name} is computed from ${derived}`)
  return mask && suiting(mask, field)
}

/**
 * The masks of a result's columns.
 * @param outputs what the analysis expects of each, where it expects anything
 * @returns undefined where none is masked; an error where server and analysis disagree
 */
export const resultMasks = (
  fields: readonly Field[],
  outputs: readonly Output[] | undefined,
  origins: Origins,
): readonly (ColumnMask | undefined)[] | undefined | HoopError => {
  if (outputs && outputs.length !== fields.length)
    return disagreement(`${outputs.length} columns were expected and the server has ${fields.length}`)
  const masks: (ColumnMask | undefined)[] = []
  for (const [index, field] of fields.entries()) {
    const mask = maskOf(field, outputs?.[index], origins)
    if (mask instanceof HoopError) return mask
    masks.push(mask)
  }
  return masks.some((mask) => mask !== undefined) ? masks : undefined
}
