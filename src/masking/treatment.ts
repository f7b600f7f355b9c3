import type { Detected } from './detectors/detected.js'
import { valueScan, type ColumnScan } from './detectors/scan.js'
import type { ColumnMask } from './types.js'
import type { ValueMask, ValueScan } from './value-mask.js'
import { valueMask } from './value-masker.js'

/** What is done to a result's columns, by their position: each is masked, looked through, or left alone. */
export type Treatment = readonly (ColumnMask | ColumnScan | undefined)[]

/**
 * @param formatOf 0 text, 1 binary, by column
 * @param key the gateway's masking key
 * @param detected is told what is found in columns that are looked through
 */
export const valuesOf = (
  treatment: Treatment,
  formatOf: (column: number) => 0 | 1,
  key: Buffer,
  detected: Detected,
): (ValueMask | ValueScan | undefined)[] =>
  treatment.map((treated, column) => {
    if (!treated) return undefined
    const format = formatOf(column)
    return 'spec' in treated ? valueMask(treated, format, key) : valueScan(treated, format, key, detected, column)
  })
