import { hash } from './hash.js'
import { email, keep } from './partial.js'
import { redact } from './redact.js'
import { isText } from './text-type.js'
import type { ColumnMask, ValueMask } from './types.js'
import { isVector, vectorMask } from './vector.js'

const make = ({ spec, type, column }: ColumnMask, format: 0 | 1, key: Buffer): ValueMask => {
  const whole = () => redact(type, format, key, column)
  if (spec === 'null') return { kind: 'fixed', value: null }
  if (spec === 'hash') return hash(type, format, key) ?? whole()
  if (spec === 'vector') return isVector(type) ? vectorMask(type, format, key, column) : whole()
  if (spec === 'redact' || !isText(type)) return whole()
  if (spec === 'email') return email(type)
  return 'keep_first' in spec ? keep('first', spec.keep_first, type) : keep('last', spec.keep_last, type)
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
