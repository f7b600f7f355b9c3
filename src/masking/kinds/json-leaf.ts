import type { ColumnType, ValueMask, ValueSpec } from '../types.js'
import { truncateTime } from './date.js'
import { suiting, type Masking } from './suiting.js'

/** What becomes of the values at one path, by what JSON they are. */
export interface Leaf {
  /** Takes and gives the characters, without quotes; null is JSON's null. */
  text(value: string): string | null
  /** Takes and gives JSON. */
  number(value: string): string
  readonly boolean: string
  /** What stands for an object. */
  readonly object: string
  /** What stands for an array; undefined where each of its elements is masked instead. */
  readonly array: string | undefined
}

const plain = (name: string): ColumnType => ({ oid: 0, modifier: -1, name, kind: 'b' })

const REDACTED = '********'

const apply = (mask: ValueMask | undefined, value: string, whole: string): string =>
  (mask?.kind === 'varying' ? mask.apply(Buffer.from(value))?.toString() : undefined) ?? whole

const nothing: Leaf = { text: () => null, number: () => 'null', boolean: 'null', object: 'null', array: 'null' }

const INTEGER = /^-?\d{1,18}$/

/** Numbers stay numbers, and texts texts. */
export const leaf = (spec: ValueSpec, { key, column }: Pick<Masking, 'key' | 'column'>): Leaf => {
  if (spec === 'null') return nothing
  const of = (name: string, whole: string) =>
    suiting(spec, plain(name), { format: 0, key, column, whole: Buffer.from(whole) })
  const [text, decimal, integer] = [of('text', REDACTED), of('numeric', '0'), of('int8', '0')]
  const unit = typeof spec === 'object' && 'date' in spec ? spec.date : undefined
  const bucketed = typeof spec === 'object' && 'bucket' in spec
  const onText = bucketed ? of('numeric', REDACTED) : text
  return {
    text: (value) => (unit ? (truncateTime(value, unit) ?? REDACTED) : apply(onText, value, REDACTED)),
    number: (value) => apply(decimal ?? (INTEGER.test(value) ? integer : undefined), value, '0'),
    boolean: 'false',
    object: '{}',
    array: spec === 'redact' ? '[]' : undefined,
  }
}
