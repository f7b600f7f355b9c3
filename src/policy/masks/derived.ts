import { HoopError } from '../../lib/errors.js'
import type { ColumnMask } from '../../masking/types.js'

/** `derived: refuse`. @param columns the masked columns behind what would come out */
export const derivedError = (columns: readonly string[]): HoopError =>
  new HoopError('COLUMN_DERIVED', [...new Set(columns)].join(', '))

/** The masked columns behind those columns of a result that are computed. */
export const derivedFrom = (masks: readonly (ColumnMask | undefined)[]): readonly string[] =>
  masks.flatMap((mask) => mask?.derived ?? [])
