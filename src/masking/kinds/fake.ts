import { z } from 'zod'
import { hmacSha256 } from '../hmac.js'
import type { ColumnType, ValueMask } from '../value-mask.js'
import { kindOf } from '../values/kind.js'
import { fit, isText, unpadded } from '../values/text-type.js'
import type { MaskKind } from './kind.js'
import { firmKinds, firstNames, lastNames, placeBeginnings, placeEndings, streetKinds } from './words.js'

/** What a fake value looks like. */
const fakeKinds = ['name', 'first_name', 'last_name', 'email', 'phone', 'company', 'city', 'address', 'uuid'] as const
type FakeKind = (typeof fakeKinds)[number]

/** Eight numbers that the value and the key decide. */
type Seed = (place: number, below: number) => number

const one = (seed: Seed, place: number, list: readonly string[]): string => list[seed(place, list.length)]!

const place = (seed: Seed): string => one(seed, 2, placeBeginnings) + one(seed, 3, placeEndings)

const makers: Readonly<Record<Exclude<FakeKind, 'uuid'>, (seed: Seed) => string>> = {
  first_name: (seed) => one(seed, 0, firstNames),
  last_name: (seed) => one(seed, 1, lastNames),
  name: (seed) => `${one(seed, 0, firstNames)} ${one(seed, 1, lastNames)}`,
  // A domain that nobody can have. @see RFC 2606
  email: (seed) => `${one(seed, 0, firstNames)}.${one(seed, 1, lastNames)}${seed(4, 10_000)}@example.com`.toLowerCase(),
  // Numbers that are set aside for fiction, in any area.
  phone: (seed) => `+1-${200 + seed(4, 800)}-555-01${String(seed(5, 100)).padStart(2, '0')}`,
  company: (seed) => `${one(seed, 1, lastNames)} ${one(seed, 4, firmKinds)}`,
  city: place,
  address: (seed) => `${1 + seed(4, 400)} ${one(seed, 1, lastNames)} ${one(seed, 5, streetKinds)}, ${place(seed)}`,
}

const byName: readonly (readonly [RegExp, FakeKind])[] = [
  [/e_?mail/, 'email'],
  [/phone|mobile|fax/, 'phone'],
  [/first_?name|given_?name/, 'first_name'],
  [/last_?name|sur_?name|family_?name/, 'last_name'],
  [/city|town/, 'city'],
  [/company|employer|organi[sz]ation/, 'company'],
  [/address|street/, 'address'],
  [/uuid|guid/, 'uuid'],
]

/** `fake` alone goes by the column's own name. */
const kindFor = (column: string): FakeKind => {
  const name = column.slice(column.lastIndexOf('.') + 1).toLowerCase()
  return byName.find(([pattern]) => pattern.test(name))?.[1] ?? 'name'
}

/** @see RFC 9562, version 8 */
const uuidOf = (digest: Buffer): Buffer => {
  const made = Buffer.from(digest.subarray(0, 16))
  made[6] = (made[6]! & 0x0f) | 0x80
  made[8] = (made[8]! & 0x3f) | 0x80
  return made
}

const uuidText = (digest: Buffer): string =>
  uuidOf(digest)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const textOf = (kind: FakeKind, digest: Buffer): string => {
  if (kind === 'uuid') return uuidText(digest)
  return makers[kind]((place, below) => digest.readUInt32BE(4 * place) % below)
}

const isUuid = (type: ColumnType): boolean => kindOf(type) === 'b' && type.name === 'uuid'

/** So often another fake is tried where the first is the value itself. */
const TRIES = 4

/**
 * Something that looks like what it stands for, made from an HMAC of the value: equal values give equal fakes, in every
 * column of that kind. Different values may give the same.
 */
const fakes = (
  wanted: FakeKind | undefined,
  type: ColumnType,
  format: 0 | 1,
  key: Buffer,
  column: string,
): ValueMask => {
  const digest = hmacSha256(hmacSha256(key)(Buffer.from('hoop mask 1 fake')))
  if (isUuid(type)) {
    const plain = (value: Buffer) => value.toString('latin1').replaceAll('-', '').toLowerCase()
    if (format === 1) return { kind: 'varying', apply: (value) => uuidOf(digest(Buffer.from(value.toString('hex')))) }
    return { kind: 'varying', apply: (value) => Buffer.from(uuidText(digest(Buffer.from(plain(value))))) }
  }
  const kind = wanted ?? kindFor(column)
  const whole = fit(Buffer.from('********'), type)
  return {
    kind: 'varying',
    apply(value) {
      let seed = digest(unpadded(value, type))
      for (let tried = 0; tried < TRIES; tried++) {
        const made = fit(Buffer.from(textOf(kind, seed)), type)
        if (!made.equals(value)) return made
        seed = digest(seed)
      }
      return whole
    },
  }
}

export const fake = {
  word: true,
  parameter: { schema: z.enum(fakeKinds), sketch: '{ fake: … }' },
  types: 'text, uuid',
  suits: (type, wanted = 'uuid') => isText(type) || (isUuid(type) && wanted === 'uuid'),
  make: (wanted, type, { format, key, column }) => fakes(wanted, type, format, key, column),
} as const satisfies MaskKind<FakeKind | undefined>
