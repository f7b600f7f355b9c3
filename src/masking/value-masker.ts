import { json } from './kinds/json.js'
import { redact } from './kinds/redact.js'
import { suiting, type Masking } from './kinds/suiting.js'
import type { ColumnMask, ColumnType, MaskSpec, ValueMask } from './types.js'
import { mapBinaryArray, mapTextArray, type MapElement } from './values/array.js'
import { kindOf } from './values/kind.js'

/** The value, where it is the same for all. */
const fixedValue = (mask: ValueMask): Buffer | null => (mask.kind === 'fixed' ? mask.value : null)

const suited = (spec: MaskSpec, type: ColumnType, masking: Masking): ValueMask | undefined =>
  typeof spec === 'object' && 'json' in spec ? json(spec.json, type, masking) : suiting(spec, type, masking)

const elementwise = (mask: ValueMask, format: 0 | 1): ValueMask => {
  const map = format === 0 ? mapTextArray : mapBinaryArray
  const element: MapElement = mask.kind === 'fixed' ? () => mask.value : (value) => mask.apply(value)
  return { kind: 'varying', apply: (value) => map(value, element) }
}

/** An array is masked element by element where the mask suits its elements. */
const made = ({ spec, type, column }: ColumnMask, format: 0 | 1, key: Buffer, redacted: ValueMask) => {
  if (kindOf(type) !== 'a') return suited(spec, type, { format, key, column, whole: fixedValue(redacted) })
  const { element } = type
  const whole = element && fixedValue(redact(element, format, key, column))
  const mask = element && suited(spec, element, { format, key, column, whole: whole ?? null })
  return mask && elementwise(mask, format)
}

const make = (mask: ColumnMask, format: 0 | 1, key: Buffer): ValueMask => {
  if (mask.spec === 'null') return { kind: 'fixed', value: null }
  const redacted = redact(mask.type, format, key, mask.column)
  const whole = fixedValue(redacted)
  const values = made(mask, format, key, redacted) ?? redacted
  return mask.nulls === 'hide' && whole !== null ? { ...values, ofNull: whole } : values
}

/** A column's mask is asked for with every result, and a vector's takes a while to make. */
const masks = new WeakMap<Buffer, WeakMap<ColumnMask, Partial<Record<0 | 1, ValueMask>>>>()

/**
 * How a column's values are masked in one format; made once for each mask and key. A mask that doesn't suit the type
 * becomes full redaction, never the value itself.
 * @param format 0 text, 1 binary
 * @param key the gateway's masking key, at least 16 bytes
 */
export const valueMask = (mask: ColumnMask, format: 0 | 1, key: Buffer): ValueMask => {
  const ofKey = masks.get(key) ?? new WeakMap<ColumnMask, Partial<Record<0 | 1, ValueMask>>>()
  const formats = ofKey.get(mask) ?? {}
  const known = (formats[format] ??= make(mask, format, key))
  ofKey.set(mask, formats)
  masks.set(key, ofKey)
  return known
}

/** The same as a function of one value that isn't NULL. @returns null for SQL's NULL */
export const valueMasker = (mask: ColumnMask, format: 0 | 1, key: Buffer): ((value: Buffer) => Buffer | null) => {
  const values = valueMask(mask, format, key)
  return values.kind === 'fixed' ? () => values.value : (value) => values.apply(value)
}
