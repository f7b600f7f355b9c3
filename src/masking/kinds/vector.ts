import { createHmac } from 'node:crypto'
import { HoopError } from '../../lib/errors.js'
import { kindOf } from '../values/kind.js'
import type { ColumnType, ValueMask } from '../value-mask.js'
import type { MaskKind } from './kind.js'

const vectorTypes = new Set(['vector', 'halfvec', 'sparsevec'])

/** pgvector's own bound for `vector` and `halfvec`. */
const MAX_DIMENSIONS = 16_000

/** So many make the length 1 to three digits, and text no longer than that of the vector it stands for. */
const DIGITS = 4

export const isVector = (type: ColumnType): boolean => kindOf(type) === 'b' && vectorTypes.has(type.name)

/** ±1 for each dimension, from the key and the column alone: nothing of the value is in it. */
const signs = (key: Buffer, column: string, dimensions: number): Int8Array => {
  const out = new Int8Array(dimensions)
  for (let block = 0; block * 256 < dimensions; block++) {
    const bits = createHmac('sha256', key).update(`hoop mask 1 vector\0${column}\0${block}`).digest()
    for (let i = block * 256; i < Math.min(dimensions, block * 256 + 256); i++)
      out[i] = (bits[(i >> 3) & 31]! >> (i & 7)) & 1 ? 1 : -1
  }
  return out
}

/** IEEE 754 half precision of a number between 2⁻¹⁴ and 1. */
const half = (value: number): number => {
  const exponent = Math.floor(Math.log2(value))
  const mantissa = Math.round((value / 2 ** exponent - 1) * 1024)
  return ((exponent + 15) << 10) + mantissa
}

const asText = (unit: number, signs: Int8Array): Buffer => {
  const digits = String(unit)
  return Buffer.from(`[${Array.from(signs, (sign) => (sign < 0 ? `-${digits}` : digits)).join(',')}]`)
}

/** int16 dimensions, int16 0, then float4 (`vector`) or half (`halfvec`) each. */
const asBinary = (unit: number, signs: Int8Array, width: 2 | 4): Buffer => {
  const out = Buffer.alloc(4 + width * signs.length)
  out.writeInt16BE(signs.length)
  for (const [i, sign] of signs.entries())
    if (width === 4) out.writeFloatBE(sign * unit, 4 + 4 * i)
    else out.writeUInt16BE(half(unit) | (sign < 0 ? 0x8000 : 0), 4 + 2 * i)
  return out
}

const COMMA = 0x2c

const dimensionsOf = (value: Buffer, format: 0 | 1): number => {
  if (format === 1 && value.length < 4) throw new HoopError('FRAME_INVALID', 'a vector value is too short')
  if (format === 1) return value.readUInt16BE()
  // Byte by byte: they stand so close that looking for the next one costs more than looking at each.
  let commas = 0
  for (let at = 0; at < value.length; at++) if (value[at] === COMMA) commas++
  return commas + 1
}

const dense = (type: ColumnType, format: 0 | 1, key: Buffer, column: string): ValueMask => {
  const make = (dimensions: number): Buffer | null => {
    if (dimensions < 1 || dimensions > MAX_DIMENSIONS) return null
    const unit = Number((1 / Math.sqrt(dimensions)).toPrecision(DIGITS))
    const directions = signs(key, column, dimensions)
    return format === 0 ? asText(unit, directions) : asBinary(unit, directions, type.name === 'vector' ? 4 : 2)
  }
  if (type.modifier > 0) return { kind: 'fixed', value: make(type.modifier) }
  // A column without declared dimensions seldom holds many different ones; the last is enough to remember.
  let last = 0
  let made: Buffer | null = null
  return {
    kind: 'varying',
    apply(value) {
      const dimensions = dimensionsOf(value, format)
      if (dimensions !== last) made = make(dimensions)
      last = dimensions
      return made
    },
  }
}

/** `{index:value}/dimensions` with indices from 1; binary int32 dimensions, count, 0, indices from 0, float4 values. */
const sparse = (type: ColumnType, format: 0 | 1): ValueMask => ({
  kind: 'varying',
  apply(value) {
    if (format === 0) {
      const dimensions = /\/(\d+)$/.exec(value.toString('latin1', Math.max(0, value.length - 12)))?.[1]
      if (dimensions === undefined) throw new HoopError('FRAME_INVALID', 'a sparse vector has no dimensions')
      return Buffer.from(`{1:1}/${dimensions}`)
    }
    if (value.length < 12) throw new HoopError('FRAME_INVALID', `a ${type.name} value is too short`)
    const out = Buffer.alloc(20)
    value.copy(out, 0, 0, 4)
    out.writeInt32BE(1, 4)
    out.writeFloatBE(1, 16)
    return out
  },
})

/**
 * A unit vector of the same dimension, one for each column and key. It isn't zero, since cosine distance to zero is NaN,
 * and it doesn't depend on the value: anything that did, however noisy, could be averaged or inverted.
 */
export const vectorMask = (type: ColumnType, format: 0 | 1, key: Buffer, column: string): ValueMask =>
  type.name === 'sparsevec' ? sparse(type, format) : dense(type, format, key, column)

export const vector = {
  word: true,
  types: [...vectorTypes].join(', '),
  suits: isVector,
  make: (_given, type, { format, key, column }) => vectorMask(type, format, key, column),
} as const satisfies MaskKind<undefined>
