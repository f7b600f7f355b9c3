import { z } from 'zod'
import { HoopError } from '../../lib/errors.js'
import { hmacSha256, hmacText, type Hmac } from '../hmac.js'
import { kindOf } from '../values/kind.js'
import { fit, isText, unpadded } from '../values/text-type.js'
import type { ColumnType, ValueMask } from '../value-mask.js'
import type { MaskKind } from './kind.js'

type Hash = (value: Buffer | string) => Buffer

/**
 * Keyed, since an unkeyed hash of a number with nine digits falls to trying them all. Each kind of value has a key of its
 * own, so that equal bytes of different meaning don't look alike.
 */
const keyOf = (key: Buffer, what: string): Buffer => hmacSha256(key)(Buffer.from(`hoop mask ${what}`))

const keyed = (key: Buffer, what: string): Hash => {
  const hmac = hmacSha256(keyOf(key, what))
  return (value) => hmac(typeof value === 'string' ? Buffer.from(value) : value)
}

const text = (hash: Hmac, type: ColumnType) => (value: Buffer) =>
  fit(Buffer.from(hash(unpadded(value, type), 'hex').slice(0, 32), 'latin1'), type)

/** Version 8 is RFC 9562's for values made by the application. */
const uuid = (hash: Hash, format: 0 | 1) => (value: Buffer) => {
  const plain = format === 0 ? value.toString('latin1').replaceAll('-', '').toLowerCase() : value.toString('hex')
  const made = hash(plain).subarray(0, 16)
  made[6] = (made[6]! & 0x0f) | 0x80
  made[8] = (made[8]! & 0x3f) | 0x80
  if (format === 1) return made
  return Buffer.from(made.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
}

/** The bytes behind bytea's text, in either of its output formats. */
const unescapeBytea = (value: Buffer): Buffer => {
  if (value[0] === 0x5c && value[1] === 0x78) return Buffer.from(value.toString('latin1', 2), 'hex')
  const plain = value
    .toString('latin1')
    .replace(/\\(\d{3}|\\)/g, (_whole, code: string) =>
      code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code, 8) & 0xff),
    )
  return Buffer.from(plain, 'latin1')
}

const bytea = (hash: Hash, format: 0 | 1) => (value: Buffer) => {
  const made = hash(format === 0 ? unescapeBytea(value) : value)
  return format === 0 ? Buffer.from(`\\x${made.toString('hex')}`) : made
}

const version = z.strictObject({ version: z.number().int().min(1).max(1_000_000) })

const widths: Readonly<Record<string, 2 | 4 | 8>> = { int2: 2, int4: 4, int8: 8 }

const readInteger = (value: Buffer, width: number, format: 0 | 1): bigint => {
  if (format === 0 && /^-?\d{1,19}$/.test(value.toString('latin1', 0, 21))) return BigInt(value.toString('latin1'))
  if (format === 0 || value.length !== width) throw new HoopError('FRAME_INVALID', 'an integer is not one')
  return width === 8 ? value.readBigInt64BE() : BigInt(value.readIntBE(0, width))
}

/** A number of int4's range gives the same in an int8 column, so that joins between the two keep working. */
const integer = (hash: Hash, width: 2 | 4 | 8, format: 0 | 1) => (value: Buffer) => {
  const number = readInteger(value, width, format)
  const narrow = BigInt.asIntN(32, number) === number
  const bits = width === 2 ? 15 : narrow ? 31 : 63
  const made = BigInt.asUintN(bits, hash(number.toString()).readBigUInt64BE())
  if (format === 0) return Buffer.from(made.toString())
  const out = Buffer.alloc(8)
  out.writeBigInt64BE(made)
  return out.subarray(8 - width)
}

/**
 * HMAC-SHA-256 under the gateway's key, cut to the type: equal values stay equal, within a type and between text types.
 * @param version another one gives other values, unrelated to those before
 * @returns undefined where the type has no hash
 */
const hashes = (type: ColumnType, format: 0 | 1, key: Buffer, version: number): ValueMask | undefined => {
  const of = (what: string) => keyed(key, `${version} ${what}`)
  const width = Object.hasOwn(widths, type.name) ? widths[type.name] : undefined
  if (isText(type)) return { kind: 'varying', apply: text(hmacText(keyOf(key, `${version} text`)), type) }
  if (type.name === 'uuid') return { kind: 'varying', apply: uuid(of('uuid'), format) }
  if (type.name === 'bytea') return { kind: 'varying', apply: bytea(of('bytea'), format) }
  return width && { kind: 'varying', apply: integer(of(width === 2 ? 'int2' : 'int'), width, format) }
}

export const hash = {
  word: true,
  parameter: {
    schema: version,
    sketch: '{ hash: { version: n } }',
    words: ({ version }) => `version ${version}`,
  },
  types: 'text, integers, uuid, bytea',
  suits: (type) =>
    kindOf(type) === 'b' && (isText(type) || ['uuid', 'bytea'].includes(type.name) || Object.hasOwn(widths, type.name)),
  make: (given, type, { format, key }) => hashes(type, format, key, given?.version ?? 1),
  token: (_given, { detector, hash }) => `[${detector}:${hash()}]`,
} as const satisfies MaskKind<z.output<typeof version> | undefined>
