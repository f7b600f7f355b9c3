import type { ColumnType, ValueMask, ValueSpec } from '../types.js'
import { isText } from '../values/text-type.js'
import { bucket } from './bucket.js'
import { date } from './date.js'
import { email } from './email.js'
import { fake } from './fake.js'
import { hash } from './hash.js'
import { keep } from './partial.js'
import { isVector, vectorMask } from './vector.js'

export interface Masking {
  readonly format: 0 | 1
  readonly key: Buffer
  /** `schema.table.column` */
  readonly column: string
  /** What becomes of a single value that the mask can't read. */
  readonly whole: Buffer | null
}

/** A mask that makes something of the value. @returns undefined where it doesn't suit the type */
export const suiting = (spec: ValueSpec | 'vector', type: ColumnType, masking: Masking): ValueMask | undefined => {
  const { format, key, column, whole } = masking
  if (spec === 'redact' || spec === 'null') return undefined
  if (spec === 'hash') return hash(type, format, key)
  if (spec === 'vector') return isVector(type) ? vectorMask(type, format, key, column) : undefined
  if (spec === 'email') return isText(type) ? email(type) : undefined
  if (spec === 'fake') return fake(undefined, type, format, key, column)
  if ('fake' in spec) return fake(spec.fake, type, format, key, column)
  if ('hash' in spec) return hash(type, format, key, spec.hash.version)
  if ('bucket' in spec) return bucket(spec.bucket, type, format, whole)
  if ('date' in spec) return date(spec.date, type, format, whole)
  if (!isText(type)) return undefined
  return 'keep_first' in spec ? keep('first', spec.keep_first, type) : keep('last', spec.keep_last, type)
}
