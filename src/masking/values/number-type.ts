import { parseDecimal, printDecimal, type Decimal } from './decimal.js'
import { kindOf } from './kind.js'
import { readNumeric, writeNumeric } from './numeric-binary.js'
import type { ColumnType } from '../value-mask.js'

/** How numbers of one type are read and written in one format, and which there are. */
export interface NumberType {
  /** `special`: NaN or an infinity. @returns undefined for what is no number of the type */
  read(value: Buffer): Decimal | 'special' | undefined
  /** @returns undefined where the type has no such number */
  write(value: Decimal): Buffer | undefined
  /** Decimal places that the type has, where it has a fixed number of them. */
  readonly scale?: number
  readonly least?: Decimal
  /** Beyond so many times a step, numbers stand further apart than the step is wide. */
  readonly precision?: bigint
}

const SPECIAL = /^(?:NaN|-?Infinity)$/

const readText = (value: Buffer): Decimal | 'special' | undefined => {
  const text = value.toString('latin1')
  return SPECIAL.test(text) ? 'special' : parseDecimal(text)
}

const integer = (width: 2 | 4 | 8, format: 0 | 1): NumberType => ({
  scale: 0,
  least: { digits: -(2n ** BigInt(8 * width - 1)), scale: 0 },
  read: (value) => {
    if (format === 0) return readText(value)
    if (value.length !== width) return undefined
    return { digits: width === 8 ? value.readBigInt64BE() : BigInt(value.readIntBE(0, width)), scale: 0 }
  },
  write: (value) => {
    if (format === 0) return Buffer.from(printDecimal(value))
    const out = Buffer.alloc(8)
    out.writeBigInt64BE(value.digits)
    return out.subarray(8 - width)
  },
})

/** The shortest number that is read as the same float4: as the server prints it. */
const shortest = (value: number): string => {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return text
  }
  return value.toPrecision(9)
}

const float = (width: 4 | 8, format: 0 | 1): NumberType => {
  const rounded = (text: string) => (width === 4 ? Math.fround(Number(text)) : Number(text))
  return {
    precision: 2n ** (width === 4 ? 22n : 51n),
    read: (value) => {
      // As a number first in both formats: the server's shortest digits and JavaScript's may differ in the last one.
      if (format === 0 && typeof readText(value) !== 'object') return readText(value)
      if (format === 1 && value.length !== width) return undefined
      const number =
        format === 0 ? rounded(value.toString('latin1')) : width === 4 ? value.readFloatBE() : value.readDoubleBE()
      if (!Number.isFinite(number)) return 'special'
      return parseDecimal(width === 4 ? shortest(number) : String(number))
    },
    write: (decimal) => {
      const number = Number(printDecimal(decimal))
      const stored = width === 4 ? Math.fround(number) : number
      if (!Number.isFinite(stored) || (stored === 0 && decimal.digits !== 0n)) return undefined
      if (format === 0) return Buffer.from(String(number))
      const out = Buffer.alloc(width)
      if (width === 4) out.writeFloatBE(number)
      else out.writeDoubleBE(number)
      return out
    },
  }
}

/** `numeric(p,s)`: 4 + p · 2^16 + s, where s has 11 bits and a sign. */
const numeric = (modifier: number, format: 0 | 1): NumberType => {
  const codec = {
    read: format === 0 ? readText : readNumeric,
    write: format === 0 ? (value: Decimal) => Buffer.from(printDecimal(value)) : writeNumeric,
  }
  if (modifier < 4) return codec
  const [precision, scale] = [(modifier - 4) >> 16, (((modifier - 4) & 0x7ff) ^ 1024) - 1024]
  const most = 10n ** BigInt(precision) - 1n
  const least = scale < 0 ? { digits: -most * 10n ** BigInt(-scale), scale: 0 } : { digits: -most, scale }
  return { ...codec, scale, least }
}

/** @returns undefined for what isn't a type of numbers */
export const numberType = (type: ColumnType, format: 0 | 1): NumberType | undefined => {
  if (kindOf(type) !== 'b') return undefined
  if (type.name === 'int2') return integer(2, format)
  if (type.name === 'int4') return integer(4, format)
  if (type.name === 'int8') return integer(8, format)
  if (type.name === 'float4') return float(4, format)
  if (type.name === 'float8') return float(8, format)
  return type.name === 'numeric' ? numeric(type.modifier, format) : undefined
}
