import { HoopError } from '../../lib/errors.js'
import { kindOf } from '../values/kind.js'
import { empty, redactedValues } from './redact-values.js'
import { fit, isText } from '../values/text-type.js'
import type { ColumnType, ValueMask } from '../value-mask.js'
import type { MaskKind } from './kind.js'
import { isVector, vectorMask } from './vector.js'

const fixed = (value: Buffer | null): ValueMask => ({ kind: 'fixed', value })

const nothing = fixed(null)

const own = ({ name, modifier }: ColumnType) =>
  Object.hasOwn(redactedValues, name) ? redactedValues[name]?.(modifier) : undefined

/** Binary arrays name their element type (int32 dimensions, int32 flags, oid): it is taken over, the elements are not. */
const emptyArray = ({ element }: ColumnType): ValueMask => {
  const empty = Buffer.alloc(12)
  if (element) {
    empty.writeUInt32BE(element.oid, 8)
    return fixed(empty)
  }
  return {
    kind: 'varying',
    apply(value) {
      if (value.length < 12) throw new HoopError('FRAME_INVALID', 'an array value is too short')
      const same = Buffer.from(empty)
      value.copy(same, 8, 8, 12)
      return same
    },
  }
}

/** A valid value of the type that says nothing of the one it replaces; NULL where no such value is known. */
export const redacted = (type: ColumnType, format: 0 | 1, key: Buffer, column: string): ValueMask => {
  if (isVector(type)) return vectorMask(type, format, key, column)
  if (isText(type)) return fixed(fit(Buffer.from('********'), type))
  const kind = kindOf(type)
  if (kind === 'a') return format === 0 ? fixed(Buffer.from('{}')) : emptyArray(type)
  if (kind === 'e') return type.labels?.[0] === undefined ? nothing : fixed(Buffer.from(type.labels[0]))
  if (kind === 'c') return nothing
  const value = kind === 'b' ? own(type) : empty[kind]
  return value ? fixed(format === 0 ? Buffer.from(value[0]) : value[1]) : nothing
}

/** What every mask comes to that can't do its work. */
export const redact = {
  word: true,
  undivided: true,
  make: () => undefined,
  leaf: () => ({ array: '[]' }),
  token: (_given, { detector }) => `[${detector}]`,
} as const satisfies MaskKind<undefined>
