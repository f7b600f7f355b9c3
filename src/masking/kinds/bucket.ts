import { z } from 'zod'
import { digitsAt, floorTo, parseDecimal, type Decimal } from '../values/decimal.js'
import { numberType, type NumberType } from '../values/number-type.js'
import type { ColumnType, Masking, ValueMask } from '../value-mask.js'
import type { MaskKind } from './kind.js'

/** Without zeros at the end. */
const shortened = ({ digits, scale }: Decimal): Decimal => {
  let [short, places] = [digits, scale]
  while (places > 0 && short % 10n === 0n) [short, places] = [short / 10n, places - 1]
  return { digits: short, scale: places }
}

/** Whether buckets are made of several of the type's numbers each: otherwise they would be the numbers themselves. */
const coarser = (step: Decimal, { scale }: NumberType): boolean => {
  if (scale === undefined) return true
  const [whole, finest] =
    scale < 0 ? [step, { digits: 10n ** BigInt(-scale), scale: 0 }] : [step, { digits: 1n, scale }]
  const places = Math.max(whole.scale, finest.scale)
  const [width, grain] = [digitsAt(whole, places), digitsAt(finest, places)]
  return width > grain && width % grain === 0n
}

const below = (a: Decimal, b: Decimal): boolean => {
  const places = Math.max(a.scale, b.scale)
  return digitsAt(a, places) < digitsAt(b, places)
}

/** Whether floating-point numbers so far from 0 stand closer together than the buckets. */
const dense = (value: Decimal, step: Decimal, { precision }: NumberType): boolean => {
  if (precision === undefined) return true
  const places = Math.max(value.scale, step.scale)
  const digits = digitsAt(value, places)
  return (digits < 0n ? -digits : digits) < precision * digitsAt(step, places)
}

/**
 * The lower bound of the bucket that a number is in. NaN and the infinities stay.
 * @param width of each bucket; they begin at 0
 * @returns undefined where the type has no numbers, or buckets so narrow would hide none
 */
const buckets = (width: number, type: ColumnType, { format, whole }: Masking): ValueMask | undefined => {
  const numbers = numberType(type, format)
  const parsed = parseDecimal(String(width))
  if (!numbers || !parsed || parsed.digits <= 0n) return undefined
  const step = shortened(parsed)
  if (!coarser(step, numbers)) return undefined
  const { least, scale = 0 } = numbers
  return {
    kind: 'varying',
    apply(value) {
      const number = numbers.read(value)
      if (number === 'special') return value
      if (number === undefined || !dense(number, step, numbers)) return whole
      const floor = floorTo(number, step)
      // The lowest bucket may begin where the type has ended.
      const bound = least && below(floor, least) ? least : floor
      return numbers.write(bound.scale < scale ? { digits: digitsAt(bound, scale), scale } : bound) ?? whole
    },
  }
}

const width = z
  .number()
  .refine((width) => width > 0, 'a number over 0')
  .meta({ exclusiveMinimum: 0 })

const REDACTED = '********'

/** Text within JSON may hold a number. */
const inText = (width: number, masking: Masking) => {
  const numeric: ColumnType = { oid: 0, modifier: -1, name: 'numeric', kind: 'b' }
  const mask = buckets(width, numeric, { ...masking, format: 0, whole: null })
  return (text: string) =>
    (mask?.kind === 'varying' ? mask.apply(Buffer.from(text))?.toString() : undefined) ?? REDACTED
}

export const bucket = {
  parameter: { schema: width, sketch: '{ bucket: n }' },
  types: 'integers, numeric, floats',
  suits: (type) => numberType(type, 0) !== undefined,
  make: buckets,
  leaf: (width, masking) => ({ text: inText(width, masking) }),
} as const satisfies MaskKind<number>
