import fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtinType } from '../../src/masking/builtin-types.js'
import type { ColumnType, MaskSpec } from '../../src/masking/types.js'
import { valueMask, valueMasker } from '../../src/masking/value-masker.js'
import { fromDays, toDays } from '../../src/masking/values/calendar.js'
import { readNumeric, writeNumeric } from '../../src/masking/values/numeric-binary.js'
import { key, mask, text, typed } from './types.js'

const masked = (spec: MaskSpec, value: string, type: ColumnType): string | undefined =>
  valueMasker(mask(spec, type), 0, key)(Buffer.from(value))?.toString()

const numeric = (precision: number, scale: number) => typed('numeric', 4 + precision * 65_536 + (scale & 0x7ff))

test.for<[width: number, value: string, expected: string, type: ColumnType]>([
  [10, '47', '40', typed('int4')],
  [10, '-1', '-10', typed('int4')],
  [10, '-32768', '-32768', typed('int2')],
  [1, '47', '0', typed('int4')],
  [2.5, '47', '0', typed('int4')],
  [10, `${'9'.repeat(500)}7.5`, `${'9'.repeat(500)}0`, typed('numeric')],
  [0.25, '47.11', '47.00', typed('numeric')],
  [10, '-999.99', '-999.99', numeric(5, 2)],
  [10, '47.11', '40.00', numeric(5, 2)],
  [0.01, '47.11', '0', numeric(5, 2)],
  [0.001, '47.11', '0', numeric(5, 2)],
  [1000, '4700', '4000', numeric(3, -2)],
  [150, '4700', '0', numeric(3, -2)],
  [10, 'NaN', 'NaN', typed('numeric')],
  [0.1, '0.3', '0.3', typed('float8')],
  [10, '1e+300', '0', typed('float8')],
  [1e299, '1.7e+300', '1.7e+300', typed('float8')],
  [10, '-Infinity', '-Infinity', typed('float4')],
  [10, '$47.00', '0', typed('money')],
  [10, '47', '********', text],
  [10, 'x', '0', typed('int4')],
])('a bucket of %d holds %s from %s on', ([width, value, expected, type]) => {
  expect(masked({ bucket: width }, value, type)).toBe(expected)
})

test.for<[unit: 'year' | 'month', type: string, value: string, expected: string]>([
  ['year', 'date', '2020-03-15', '2020-01-01'],
  ['month', 'date', '2020-03-15', '2020-03-01'],
  ['month', 'date', '12020-03-15', '12020-03-01'],
  ['year', 'date', '0044-03-15 BC', '0044-01-01 BC'],
  ['year', 'date', '4714-12-01 BC', '4714-11-24 BC'],
  ['year', 'date', '-infinity', '-infinity'],
  ['month', 'timestamp', '2020-03-15 12:34:56.789', '2020-03-01 00:00:00'],
  ['month', 'timestamptz', '2020-03-01 01:00:00+05:30', '2020-02-01 00:00:00+00'],
  ['year', 'timestamptz', '2019-12-31 23:00:00-03', '2020-01-01 00:00:00+00'],
  ['year', 'timestamptz', '0001-01-01 00:30:00+01', '0001-01-01 00:00:00+00 BC'],
  // Other styles of dates, which the client may choose: a day can't be told from a month there.
  ['month', 'date', '15/03/2020', '2000-01-01'],
  ['month', 'date', '15.03.2020', '2000-01-01'],
  ['month', 'timestamp', 'Sun Mar 15 12:34:56 2020', '2000-01-01 00:00:00'],
  ['month', 'timestamptz', '2020-03-15 12:34:56', '2000-01-01 00:00:00+00'],
  ['month', 'time', '12:34:56', '00:00:00'],
  ['month', 'text', '2020-03-15', '********'],
])('%s of the %s %s is %s', ([unit, type, value, expected]) => {
  expect(masked({ date: unit }, value, typed(type))).toBe(expected)
})

test('the calendar counts days there and back, and a leap day every fourth year but for centuries', () => {
  for (let days = -2_451_545; days < 2_000_000; days += 997) expect(toDays(fromDays(days))).toBe(days)
  expect(fromDays(0)).toEqual({ year: 2000, month: 1, day: 1 })
  expect(fromDays(-2_451_545)).toEqual({ year: -4713, month: 11, day: 24 })
  expect(fromDays(toDays({ year: 1900, month: 2, day: 28 }) + 1)).toEqual({ year: 1900, month: 3, day: 1 })
})

test('a numeric is read from its binary format as it was written', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 60n), 10n ** 60n), fc.integer({ min: 0, max: 50 }), (digits, scale) => {
      const read = readNumeric(writeNumeric({ digits, scale }))
      if (typeof read !== 'object') throw new Error('not a number')
      expect(read.digits * 10n ** BigInt(scale)).toBe(digits * 10n ** BigInt(read.scale))
    }),
  )
})

test('another version of a hash gives other values, the first is the one without a version', () => {
  const of = (spec: MaskSpec, type: ColumnType = text) => masked(spec, '4711', type)
  expect(of({ hash: { version: 1 } })).toBe(of('hash'))
  expect(of({ hash: { version: 2 } })).not.toBe(of('hash'))
  expect(of({ hash: { version: 2 } })).toBe(of({ hash: { version: 2 } }, typed('varchar')))
  expect(of({ hash: { version: 2 } }, typed('int4'))).not.toBe(of('hash', typed('int4')))
})

test('a fake looks like its kind, is the same for the same value in any column, and never the value itself', () => {
  const shapes = {
    name: /^\p{L}+ [A-Z][a-z]+$/u,
    first_name: /^[A-Z][a-z]+$/,
    last_name: /^[A-Z][a-z]+$/,
    email: /^[a-z]+\.[a-z]+\d+@example\.com$/,
    phone: /^\+1-\d{3}-555-01\d\d$/,
    company: /^[A-Z][a-z]+ [A-Z][a-z]+$/,
    city: /^[A-Z][a-z]+$/,
    address: /^\d+ [A-Z][a-z]+ [A-Z][a-z]+, [A-Z][a-z]+$/,
    uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  } as const
  for (const [kind, shape] of Object.entries(shapes)) {
    const spec = { fake: kind as keyof typeof shapes }
    const fakes = new Set<string>()
    for (let i = 0; i < 100; i++) {
      const fake = masked(spec, `person ${i}`, text)!
      expect(fake).toMatch(shape)
      expect(masked(spec, `person ${i}`, typed('citext'))).toBe(fake)
      expect(masked(spec, fake, text)).not.toBe(fake)
      fakes.add(fake)
    }
    expect(fakes.size).toBeGreaterThan(30)
  }
  expect(masked({ fake: 'name' }, 'Jane Doe', typed('varchar', 9))).toHaveLength(5)
})

test('fake alone goes by the name of the column, and by the type where that is uuid', () => {
  const of = (name: string, type: ColumnType = text) =>
    valueMasker({ column: `public.people.${name}`, spec: 'fake', type }, 0, key)(Buffer.from('some value'))?.toString()
  expect(of('work_email')).toContain('@example.com')
  expect(of('phone')).toContain('-555-01')
  expect(of('who')).toMatch(/^\p{L}+ \w+$/u)
  expect(of('id', typed('uuid'))).toMatch(/^[0-9a-f-]{36}$/)
  expect(of('age', typed('int4'))).toBe('0')
})

test.for<[spec: MaskSpec, array: string, value: string, expected: string]>([
  [{ keep_last: 2 }, '_text', '{Jane,NULL,"Mary Ann","NULL",""}', '{****ne,NULL,****nn,****LL,********}'],
  [{ keep_last: 2 }, '_text', '[0:1][1:1]={{Jane},{"a\\"}"}}', '[0:1][1:1]={{****ne},{"****\\"}"}}'],
  [{ keep_first: 1 }, '_text', '{" a"}', '{" ****"}'],
  [{ bucket: 10 }, '_int4', '{{47,11},{NULL,-1}}', '{{40,10},{NULL,-10}}'],
  [{ date: 'year' }, '_date', '{2020-03-15,infinity}', '{2020-01-01,infinity}'],
  [{ date: 'year' }, '_timestamp', '{"2020-03-15 01:02:03"}', '{"2020-01-01 00:00:00"}'],
  [
    { json: { '$.a': 'redact' } },
    '_jsonb',
    '{"{\\"a\\": \\"x\\", \\"b\\": 1}"}',
    '{"{\\"a\\": \\"********\\", \\"b\\": 1}"}',
  ],
  ['email', '_int4', '{47}', '{}'],
  ['redact', '_text', '{Jane}', '{}'],
  ['hash', '_text', '{}', '{}'],
])('%o masks the elements of a %s: %s becomes %s', ([spec, array, value, expected]) => {
  const oids: Readonly<Record<string, number>> = {
    _text: 1009,
    _int4: 1007,
    _date: 1182,
    _timestamp: 1115,
    _jsonb: 3807,
  }
  expect(masked(spec, value, builtinType(oids[array]!, -1)!)).toBe(expected)
})

test.for(['', 'Jane', '{', '{a', '{a,"b}', '{a}}', '{a}x', '[0:1={a}', '{'.repeat(100), '}'])(
  'a value that is no array (%s) is refused as a malformed message',
  (value) => {
    expect(() => masked('hash', value, builtinType(1009, -1)!)).toThrow('a message is malformed')
  },
)

test('NULL that is to be hidden becomes the redacted value, where the type has one', () => {
  const masks = [text, typed('int4'), typed('person'), typed('vector', 2)].map((type) => ({
    ...mask('redact', type),
    nulls: 'hide' as const,
  }))
  expect(masks.map((each) => valueMask(each, 0, key).ofNull?.toString().slice(0, 4))).toEqual([
    '****',
    '0',
    undefined,
    expect.stringMatching(/^\[-?0/),
  ])
})
