import { HoopError } from '../lib/errors.js'
import { redactedValues } from './redact-values.js'
import { fit, isText } from './text-type.js'
import type { ColumnType, ValueMask } from './types.js'
import { isVector, vectorMask } from './vector.js'

const fixed = (value: Buffer | null): ValueMask => ({ kind: 'fixed', value })

const nothing = fixed(null)

/** Binary arrays name their element type (int32 dimensions, int32 flags, oid): it is taken over, the elements are not. */
const emptyArray: ValueMask = {
  kind: 'varying',
  apply(value) {
    if (value.length < 12) throw new HoopError('FRAME_INVALID', 'an array value is too short')
    const empty = Buffer.alloc(12)
    value.copy(empty, 8, 8, 12)
    return empty
  },
}

/** A valid value of the type that says nothing of the one it replaces; NULL where no such value is known. */
export const redact = (type: ColumnType, format: 0 | 1, key: Buffer, column: string): ValueMask => {
  if (isVector(type)) return vectorMask(type, format, key, column)
  if (isText(type)) return fixed(fit(Buffer.from('********'), type))
  if (type.kind === 'a') return format === 0 ? fixed(Buffer.from('{}')) : emptyArray
  if (type.kind === 'e') return type.labels?.[0] === undefined ? nothing : fixed(Buffer.from(type.labels[0]))
  if (type.kind === 'c' || !Object.hasOwn(redactedValues, type.name)) return nothing
  const value = redactedValues[type.name]?.(type.modifier)
  return value ? fixed(format === 0 ? Buffer.from(value[0]) : value[1]) : nothing
}
