import { isUtf8 } from 'node:buffer'
import { fit } from '../values/text-type.js'
import type { ValueScan } from '../value-mask.js'
import { scanBinary, scanBytes, scanUnknown } from './binary.js'
import type { Detected } from './detected.js'
import { possibleIn, type Detection } from './finding.js'
import { boundedName, type AddedKinds, type ScanKind } from './kinds.js'
import { signalsOf } from './signals.js'
import type { Scanning, Writing } from './text.js'

/** A column that has no mask of its own and is looked through. */
export interface ColumnScan {
  readonly detections: readonly Detection[]
  /** Undefined where the type isn't known, as in COPY. */
  readonly type?: { readonly oid: number; readonly modifier: number; readonly kind: ScanKind }
  readonly added: AddedKinds
}

/** Longer values aren't looked through: they go as a whole, unless nothing can be in them. Bytes. */
export const LONGEST_SCANNED = 2 ** 20

const writings: Readonly<Record<ScanKind, Writing>> = {
  ...{ text: 'plain', json: 'json', jsonb: 'json', xml: 'xml' },
  ...{ array: 'structured', record: 'structured', structured: 'structured' },
}

/** In place of a value that is too long, in text formats; JSON and XML have to stay so. */
const tooLong: Readonly<Record<Writing, string | null>> = {
  unknown: null,
  plain: '[too long to be looked through]',
  json: '"[too long to be looked through]"',
  xml: '<masked/>',
  structured: null,
}

const wholly = ({ type }: ColumnScan, format: 0 | 1): Buffer | null => {
  if (!type) return null
  const text = tooLong[writings[type.kind]]
  if (text === null) return null
  return Buffer.from(type.kind === 'jsonb' && format === 1 ? `\u0001${text}` : text)
}

/**
 * How a column's values are looked through in one format.
 * @param key of hashes
 * @param detected is told what is found
 * @param column its position, for the count of each
 */
export const valueScan = (
  scan: ColumnScan,
  format: 0 | 1,
  key: Buffer,
  detected: Detected,
  column: number,
): ValueScan => {
  const { type, added } = scan
  const report: Scanning['report'] = ({ by }) => detected.found(by.detector.name, column)
  const bounded = type?.kind === 'text' && { ...type, name: boundedName(type.oid), kind: 'b' as const }
  const inside = (value: Buffer, scanning: Scanning): Buffer | null | undefined => {
    if (format === 0) return scanBytes(value, type ? writings[type.kind] : 'unknown', scanning)
    return type ? scanBinary(type.oid, value, scanning, added) : scanUnknown(value, scanning)
  }
  return {
    kind: 'scan',
    look(bytes, start, end, read) {
      const suspected = possibleIn(signalsOf(bytes, start, end), scan.detections)
      if (suspected.length === 0) return undefined
      const field = bytes.subarray(start, end)
      if (end - start > LONGEST_SCANNED) {
        if (!type && format === 1 && !isUtf8(field)) return undefined
        detected.found('too_long', column)
        return wholly(scan, format)
      }
      const found = inside(read ? read(field) : field, { detections: suspected, key, report })
      return found && bounded ? fit(found, bounded) : found
    },
  }
}
