import { redacted } from './kinds/redact.js'
import { boundMask } from './registry.js'
import type { ColumnMask } from './types.js'
import type { ValueMask } from './value-mask.js'
import { mapBinaryArray, mapTextArray, type MapElement } from './values/array.js'
import { kindOf } from './values/kind.js'

/** The value, where it is the same for all. */
const fixedValue = (mask: ValueMask): Buffer | null => (mask.kind === 'fixed' ? mask.value : null)

const elementwise = (mask: ValueMask, format: 0 | 1): ValueMask => {
  const map = format === 0 ? mapTextArray : mapBinaryArray
  const element: MapElement = mask.kind === 'fixed' ? () => mask.value : (value) => mask.apply(value)
  return { kind: 'varying', apply: (value) => map(value, element) }
}

/** An array is masked element by element where the mask suits its elements. */
const made = ({ spec, type, column }: ColumnMask, format: 0 | 1, key: Buffer, whole: Buffer | null) => {
  const bound = boundMask(spec)
  if (bound.undivided || kindOf(type) !== 'a') return bound.make(type, { format, key, column, whole })
  const { element } = type
  const one = element && fixedValue(redacted(element, format, key, column))
  const mask = element && bound.make(element, { format, key, column, whole: one ?? null })
  return mask && elementwise(mask, format)
}

const make = (mask: ColumnMask, format: 0 | 1, key: Buffer): ValueMask => {
  const instead = redacted(mask.type, format, key, mask.column)
  const whole = fixedValue(instead)
  const values = made(mask, format, key, whole) ?? instead
  const alwaysNull = values.kind === 'fixed' && values.value === null
  return mask.nulls === 'hide' && whole !== null && !alwaysNull ? { ...values, ofNull: whole } : values
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
