import fc from 'fast-check'

/** A column's type as declared, literals that it takes, and which numbers or dates it has. */
export interface FuzzedType {
  readonly type: string
  readonly values: fc.Arbitrary<string>
  readonly holds?: 'numbers' | 'dates'
}

/** The server keeps no NUL. */
const text = fc.string({ unit: 'binary', maxLength: 24 }).map((value) => value.replaceAll('\0', ''))
const printable = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`))
const sign = fc.constantFrom('', '-')
const decimal = (whole: number, fraction: number) =>
  fc.tuple(sign, digits(whole), digits(fraction)).map(([sign, whole, part]) => `${sign}${whole}.${part}`)
const integer = (bits: number) => fc.bigInt(-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n).map(String)

/** Days as Julian ones, which the server reads whatever its DateStyle. */
const day = (last: number) => fc.integer({ min: 0, max: last }).map((days) => `J${days}`)
const recent = fc.integer({ min: 2_400_000, max: 2_500_000 }).map((days) => `J${days}`)
const time = fc
  .tuple(...[23, 59, 59, 999_999].map((max) => fc.integer({ min: 0, max })))
  .map(([h, m, s, u]) => `${h}:${m}:${s}.${String(u).padStart(6, '0')}`)
const moment = fc.tuple(fc.oneof(day(109_203_500), recent), time).map((parts) => parts.join(' '))
/** The first day of all has not begun everywhere. */
const anywhere = moment.filter((text) => !text.startsWith('J0 '))
const infinite = (values: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 9, arbitrary: values }, fc.constantFrom('infinity', '-infinity'))

const inner = fc.jsonValue({ maxDepth: 3 })
const json = fc
  .oneof(inner, fc.record({ a: inner, b: inner, c: fc.array(inner), d: fc.double() }, { requiredKeys: [] }))
  .map((value) => JSON.stringify(value).replaceAll('\\u0000', ''))

const quoted = (element: string | null): string =>
  element === null ? 'NULL' : `"${element.replace(/["\\]/g, '\\$&')}"`

const list = (elements: readonly (string | null)[]): string => `{${elements.map(quoted).join(',')}}`

const array = (elements: fc.Arbitrary<string>) => {
  const element = fc.option(elements, { freq: 5 })
  return fc.oneof(
    fc.array(element, { maxLength: 4 }).map(list),
    fc.array(fc.tuple(element, element), { minLength: 1, maxLength: 3 }).map((rows) => `{${rows.map(list).join(',')}}`),
    fc.tuple(element).map((one) => `[0:0]=${list(one)}`),
  )
}

const bits = (min: number, max: number) =>
  fc.array(fc.constantFrom('0', '1'), { minLength: min, maxLength: max }).map((signs) => signs.join(''))
const floats = (values: fc.Arbitrary<number>) => values.map((value) => String(value))
const range = fc.tuple(fc.nat(1000), fc.nat(1000)).map(([from, more]) => `[${from},${from + more + 1})`)

export const fuzzedTypes: readonly FuzzedType[] = [
  { type: 'text', values: text },
  { type: 'varchar', values: text },
  { type: 'varchar(5)', values: text },
  { type: 'varchar(1)', values: text },
  { type: 'char(7)', values: text },
  { type: 'name', values: printable },
  { type: 'citext', values: text },
  { type: 'int2', values: integer(16), holds: 'numbers' },
  { type: 'int4', values: integer(32), holds: 'numbers' },
  { type: 'int8', values: integer(64), holds: 'numbers' },
  {
    type: 'numeric',
    values: fc.oneof(decimal(60, 20), decimal(3, 2), fc.constantFrom('NaN', 'Infinity')),
    holds: 'numbers',
  },
  { type: 'numeric(10,2)', values: decimal(8, 2), holds: 'numbers' },
  { type: 'numeric(3,1)', values: decimal(2, 1), holds: 'numbers' },
  { type: 'numeric(4,-2)', values: digits(5), holds: 'numbers' },
  { type: 'float4', values: floats(fc.float()) },
  { type: 'float8', values: floats(fc.double()) },
  { type: 'money', values: decimal(9, 2) },
  { type: 'bool', values: fc.constantFrom('t', 'f') },
  { type: 'date', values: infinite(fc.oneof(day(2_147_483_493), recent)), holds: 'dates' },
  { type: 'timestamp', values: infinite(moment), holds: 'dates' },
  { type: 'timestamp(0)', values: infinite(moment), holds: 'dates' },
  { type: 'timestamptz', values: infinite(anywhere), holds: 'dates' },
  { type: 'time', values: time },
  { type: 'timetz', values: time.map((value) => `${value}+02`) },
  { type: 'interval', values: fc.nat(100_000).map((days) => `${days} days 3 hours`) },
  { type: 'uuid', values: fc.uuid() },
  { type: 'json', values: json },
  { type: 'jsonb', values: json },
  {
    type: 'bytea',
    values: fc.uint8Array({ maxLength: 20 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`),
  },
  { type: 'text[]', values: array(text) },
  { type: 'varchar(4)[]', values: array(text) },
  { type: 'int4[]', values: array(integer(32)) },
  { type: 'numeric(6,2)[]', values: array(decimal(4, 2)) },
  { type: 'date[]', values: array(recent) },
  { type: 'uuid[]', values: array(fc.uuid()) },
  { type: 'jsonb[]', values: array(json) },
  { type: 'mood', values: fc.constantFrom('sad', 'happy') },
  { type: 'mood[]', values: array(fc.constantFrom('sad', 'happy')) },
  { type: 'short_text', values: text },
  { type: 'some_numbers', values: array(integer(32)) },
  { type: 'moods_own', values: fc.constantFrom('sad', 'happy') },
  { type: 'inet', values: fc.ipV4() },
  { type: 'bit(5)', values: bits(5, 5) },
  { type: 'varbit(12)', values: bits(0, 12) },
  { type: 'int4range', values: range },
  { type: 'int4multirange', values: range.map((one) => `{${one}}`) },
  { type: 'own_range', values: range },
  { type: 'person', values: fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `(${a},${b})`) },
  { type: 'tsvector', values: fc.nat().map((word) => `word${word}`) },
  { type: 'point', values: fc.tuple(fc.nat(), fc.nat()).map((at) => `(${at.join(',')})`) },
]
