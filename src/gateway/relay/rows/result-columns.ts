import type { ResultColumn } from '../../../recording/events.js'
import { isVector } from '../../../masking/kinds/vector.js'
import { specName } from '../../../masking/spec-name.js'
import type { ColumnMask } from '../../../masking/types.js'
import type { Guard } from '../../../policy/decision.js'
import type { Field } from '../../../wire/backend.js'

type Masks = readonly (ColumnMask | undefined)[]

/** What names a result's columns: where they come from, and whether masks of theirs are off for this person. */
export type Naming = Pick<Guard, 'clear' | 'origin'>

/** Columns as the recording names them: one object for each description, however often it is run. */
const described = new WeakMap<readonly Field[], { masks: Masks | undefined; columns: readonly ResultColumn[] }>()

const maskOf = (mask: ColumnMask, naming: Naming | undefined): Omit<ResultColumn, 'name' | 'type'> => ({
  table: mask.column,
  ...(mask.derived && { from: mask.derived }),
  mask: specName(mask.spec),
  ...(naming?.clear && { clear: true }),
})

/** The columns of a described result. */
export const columnsOf = (
  fields: readonly Field[],
  masks: Masks | undefined,
  naming: Naming | undefined,
): readonly ResultColumn[] => {
  const known = described.get(fields)
  if (known && known.masks === masks) return known.columns
  const columns = fields.map((field, i): ResultColumn => {
    const mask = masks?.[i]
    const { column, vector } = naming?.origin?.(field) ?? {}
    return {
      name: field.name,
      type: field.type,
      ...(mask ? maskOf(mask, naming) : column !== undefined && { table: column }),
      ...(vector && { vector }),
    }
  })
  described.set(fields, { masks, columns })
  return columns
}

/** The columns of a COPY, of which the server says no more than how many there are. */
export const copiedColumns = (
  names: readonly (string | undefined)[],
  masks: Masks,
  naming: Naming | undefined,
): readonly ResultColumn[] =>
  masks.map((mask, i) => ({
    name: names[i] ?? '?column?',
    type: mask?.type.oid ?? 0,
    ...(mask && maskOf(mask, naming)),
    ...(mask && isVector(mask.type) && { vector: true as const }),
  }))
