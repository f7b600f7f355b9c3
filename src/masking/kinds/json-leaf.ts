import type { BoundMask } from '../spec.js'
import type { ColumnType, Masking, ValueMask } from '../value-mask.js'
import type { Leaf } from './kind.js'

const plain = (name: string): ColumnType => ({ oid: 0, modifier: -1, name, kind: 'b' })

const REDACTED = '********'

const apply = (mask: ValueMask | undefined, value: string, whole: string): string =>
  (mask?.kind === 'varying' ? mask.apply(Buffer.from(value))?.toString() : undefined) ?? whole

const INTEGER = /^-?\d{1,18}$/

/** Numbers stay numbers, and texts texts, unless the mask says otherwise. */
export const leaf = (mask: BoundMask, masking: Masking): Leaf => {
  const of = (name: string, whole: string) =>
    mask.make(plain(name), { ...masking, format: 0, whole: Buffer.from(whole) })
  const [text, decimal, integer] = [of('text', REDACTED), of('numeric', '0'), of('int8', '0')]
  return {
    text: (value) => apply(text, value, REDACTED),
    number: (value) => apply(decimal ?? (INTEGER.test(value) ? integer : undefined), value, '0'),
    boolean: 'false',
    object: '{}',
    array: undefined,
    ...mask.leaf(masking),
  }
}
