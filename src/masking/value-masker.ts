import { redact } from './kinds/redact.js'
import { suiting } from './kinds/suiting.js'
import type { ColumnMask, ValueMask } from './types.js'

/** The value, where it is the same for all. */
const fixedValue = (mask: ValueMask): Buffer | null => (mask.kind === 'fixed' ? mask.value : null)

const make = ({ spec, type, column, nulls }: ColumnMask, format: 0 | 1, key: Buffer): ValueMask => {
  if (spec === 'null') return { kind: 'fixed', value: null }
  const redacted = redact(type, format, key, column)
  const whole = fixedValue(redacted)
  const mask = suiting(spec, type, { format, key, column, whole }) ?? redacted
  return nulls === 'hide' && whole !== null ? { ...mask, ofNull: whole } : mask
}

/** A column's mask is asked for with every result, and a vector's takes a while to make. */
const made = new WeakMap<Buffer, WeakMap<ColumnMask, Partial<Record<0 | 1, ValueMask>>>>()

/**
 * How a column's values are masked in one format; made once for each mask and key. A mask that doesn't suit the type
 * becomes full redaction, never the value itself.
 * @param format 0 text, 1 binary
 * @param key the gateway's masking key, at least 16 bytes
 */
export const valueMask = (mask: ColumnMask, format: 0 | 1, key: Buffer): ValueMask => {
  const ofKey = made.get(key) ?? new WeakMap<ColumnMask, Partial<Record<0 | 1, ValueMask>>>()
  const formats = ofKey.get(mask) ?? {}
  const known = (formats[format] ??= make(mask, format, key))
  ofKey.set(mask, formats)
  made.set(key, ofKey)
  return known
}

/** The same as a function of one value that isn't NULL. @returns null for SQL's NULL */
export const valueMasker = (mask: ColumnMask, format: 0 | 1, key: Buffer): ((value: Buffer) => Buffer | null) => {
  const values = valueMask(mask, format, key)
  return values.kind === 'fixed' ? () => values.value : (value) => values.apply(value)
}
