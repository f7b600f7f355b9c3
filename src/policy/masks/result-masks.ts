import { HoopError } from '../../lib/errors.js'
import type { ColumnMask } from '../../masking/types.js'
import type { Output } from '../../sql/facts.js'
import type { Field } from '../../wire/backend.js'
import type { Origins } from './origins.js'

const disagreement = (what: string): HoopError =>
  new HoopError('STATEMENT_UNPROVEN', `${what}; the statement was stopped before its first row`, {
    hint: 'Run it again: what it names may have changed meanwhile. If it stays so, name the columns one by one.',
  })

/** The catalog may be older than the column's type: a value of another type is not made up, it is left out. */
const suiting = (mask: ColumnMask, { type }: Field): ColumnMask =>
  mask.type.kind === 'd' || mask.type.oid === type ? mask : { ...mask, spec: 'null' }

/** What the server says of a field: the table's column that it is, as it is. */
const byOrigin = (field: Field, origins: Origins): ColumnMask | undefined => {
  if (field.table === 0) return undefined
  const mask = origins.mask(field.table, field.attribute)
  if (mask) return suiting(mask, field)
  const derived = origins.derived(field.table, field.attribute)
  return derived && origins.redaction(field, derived)
}

/** A field of which nobody knows how it was computed is clean only where the server says that it is a clean column. */
const unknown = (field: Field, origins: Origins): ColumnMask | undefined =>
  byOrigin(field, origins) ??
  (field.table !== 0 && field.attribute > 0 && origins.knows(field.table)
    ? undefined
    : origins.redaction(field, ['a column that is not known']))

/** The mask of one field: what the server says of its origin may add to what was expected, never take away from it. */
const maskOf = (field: Field, expected: Output | undefined, origins: Origins): ColumnMask | undefined | HoopError => {
  const mask = byOrigin(field, origins)
  switch (expected?.kind) {
    case 'derived':
      return origins.redaction(field, expected.columns)
    case 'masked':
      // Where the server names no origin, the value has been through something: it gets no partial mask.
      if (field.table === 0) return origins.redaction(field, [expected.column])
      return mask?.column === expected.column
        ? mask
        : disagreement(`the server does not confirm that column ${field.name} is ${expected.column}`)
    case 'clean':
      return mask ? disagreement(`the server says that column ${field.name} is ${mask.column}`) : undefined
    case undefined:
      return mask
  }
}

/**
 * The masks of a result's columns.
 * @param outputs what the analysis expects of each; undefined where no table with masks is read, `unknown` where the
 * statement is not known
 * @returns undefined where none is masked; an error where server and analysis disagree
 */
export const resultMasks = (
  fields: readonly Field[],
  outputs: readonly Output[] | undefined | 'unknown',
  origins: Origins,
): readonly (ColumnMask | undefined)[] | undefined | HoopError => {
  const known = outputs === 'unknown' ? undefined : outputs
  if (known && known.length !== fields.length)
    return disagreement(`${known.length} columns were expected and the server has ${fields.length}`)
  const masks: (ColumnMask | undefined)[] = []
  for (const [index, field] of fields.entries()) {
    const mask = outputs === 'unknown' ? unknown(field, origins) : maskOf(field, known?.[index], origins)
    if (mask instanceof HoopError) return mask
    masks.push(mask)
  }
  return masks.some((mask) => mask !== undefined) ? masks : undefined
}
