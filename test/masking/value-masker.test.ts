import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ColumnType, MaskSpec } from '../../src/masking/types.js'
import { valueMasker } from '../../src/masking/value-masker.js'
import { key, mask, text, typed } from './types.js'

const masked = (spec: MaskSpec, value: string, type: ColumnType = text): string | undefined =>
  valueMasker(mask(spec, type), 0, key)(Buffer.from(value))?.toString()

const varchar = (length: number) => typed('varchar', length + 4)
const char = (length: number) => typed('bpchar', length + 4)

test.for<[MaskSpec, string, string, ColumnType?]>([
  ['redact', 'Jane', '********'],
  ['redact', 'Jane', '*****', varchar(5)],
  ['redact', 'Jane      ', '********  ', char(10)],
  ['email', 'jane.doe@example.com', 'j***@e***.com'],
  ['email', 'a@b.co.uk', 'a***@b***.uk'],
  ['email', 'élise@été.fr', 'é***@é***.fr'],
  ['email', 'jane@example.com', 'j***@', varchar(5)],
  ['email', 'jane', '***@***.invalid'],
  ['email', '@example.com', '***@***.invalid'],
  ['email', 'jane@localhost', '***@***.invalid'],
  ['email', 'jane@com', '***@***.invalid'],
  ['email', 'see jane@x.my secret', '***@***.invalid'],
  ['email', 'jane@x.janesmith', '***@***.invalid'],
  ['email', '', '***@***.invalid'],
  [{ keep_last: 4 }, '078-05-1120', '****1120'],
  [{ keep_last: 4 }, '1120', '********'],
  [{ keep_last: 4 }, '51120', '****1120'],
  [{ keep_last: 4 }, '51120', '*1120', varchar(5)],
  [{ keep_last: 4 }, '', '********'],
  [{ keep_last: 2 }, '日本語', '****本語'],
  [{ keep_last: 3 }, '日本語', '********'],
  [{ keep_last: 2 }, 'abcde     ', '****de    ', char(10)],
  [{ keep_first: 2 }, '日本語', '日本****'],
  [{ keep_first: 3 }, '日本語', '********'],
  [{ keep_first: 3 }, 'Jane', 'Jan****'],
  [{ keep_first: 3 }, 'Jane', 'Jan*', varchar(4)],
  [{ keep_first: 9 }, 'Jane', '****', varchar(4)],
])('%o makes of %j: %j', ([spec, value, expected, type]) => {
  expect(masked(spec, value, type)).toBe(expected)
})

test('characters of an encoding other than UTF-8 are not counted: the value is masked whole', () => {
  // In UTF-8, the bytes from 0x80 to 0xbf would be the rest of the letter before them.
  const latin1 = Buffer.from('A\xa3\xa4B\xa3\xa4', 'latin1')
  for (const spec of [{ keep_first: 1 }, { keep_last: 1 }])
    expect(valueMasker(mask(spec), 0, key)(latin1)?.toString()).toBe('********')
  const email = Buffer.from('\xe4\xa3@example.com', 'latin1')
  expect(valueMasker(mask('email'), 0, key)(email)?.toString()).toBe('***@***.invalid')
})

test('a partial mask on a type without parts, and a mask that does not suit the type, redact it whole', () => {
  const specs: MaskSpec[] = [{ keep_last: 2 }, { keep_first: 2 }, 'email', 'vector']
  for (const spec of specs) expect(masked(spec, '4711', typed('int4'))).toBe('0')
  expect(masked('vector', 'x')).toBe('********')
  expect(masked('hash', '{"a":1}', typed('json'))).toBe('{"masked": true}')
  expect(masked('redact', 'x', { ...typed('some_type'), kind: 'c' })).toBeUndefined()
  expect(masked('redact', 'x', typed('some_type'))).toBeUndefined()
  expect(masked('redact', 'x', typed('constructor'))).toBeUndefined()
})

test('a hash is the same for the same value, in both formats, between text types and between int4 and int8', () => {
  const hash = (type: ColumnType, value: Buffer, format: 0 | 1 = 0) =>
    valueMasker(mask('hash', type), format, key)(value)
  const same = (a: Buffer | null, b: Buffer | null) => expect(a).toEqual(b)
  same(hash(text, Buffer.from('jane')), hash(typed('citext'), Buffer.from('jane'), 1))
  same(hash(text, Buffer.from('jane')), hash(varchar(40), Buffer.from('jane')))
  expect(
    hash(char(40), Buffer.from('jane'.padEnd(40)))
      ?.toString()
      .trimEnd(),
  ).toBe(hash(text, Buffer.from('jane'))?.toString())
  const number = hash(typed('int4'), Buffer.from('4711'))
  same(number, hash(typed('int8'), Buffer.from('4711')))
  same(
    hash(typed('int4'), Buffer.from([0, 0, 0x12, 0x67]), 1),
    Buffer.from(new Uint32Array([Number(number)]).buffer).swap32(),
  )
  const uuid = '6F9619FF-8B86-D011-B42D-00CF4FC964FF'
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
  expect(hash(typed('uuid'), Buffer.from(uuid))?.toString().replaceAll('-', '')).toBe(
    hash(typed('uuid'), bytes, 1)?.toString('hex'),
  )
  const hex = hash(typed('bytea'), Buffer.from('\\x00ff5c'))?.toString()
  expect(hex).toBe(`\\x${hash(typed('bytea'), Buffer.from([0, 255, 92]), 1)?.toString('hex')}`)
  same(hash(typed('bytea'), Buffer.from('\\000\\377\\\\')), Buffer.from(hex ?? ''))
})

test.for<[string, 0 | 1, string]>([
  ['int4', 0, 'secret'],
  ['int4', 0, ''],
  ['int8', 0, '9'.repeat(100_000)],
  ['int8', 1, 'short'],
  ['int2', 1, ''],
  ['_int4', 1, 'short'],
])('a value that is no %s is refused as a malformed message (format %i)', ([name, format, value]) => {
  const type = { ...typed(name), kind: name === '_int4' ? ('a' as const) : ('b' as const) }
  expect(() => valueMasker(mask('hash', type), format, key)(Buffer.from(value))).toThrow('a message is malformed')
})

test('a hash needs the key', () => {
  const one = valueMasker(mask('hash'), 0, key)(Buffer.from('jane'))
  const other = valueMasker(mask('hash'), 0, Buffer.alloc(32, 8))(Buffer.from('jane'))
  expect(one).not.toEqual(other)
  expect(one?.toString()).toMatch(/^[0-9a-f]{32}$/)
})

test('no text mask ever gives back the value, nor more of it than it was told to keep', () => {
  const value = fc.string({ unit: 'binary', minLength: 3, maxLength: 40 })
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 5 }), (value, kept) => {
      for (const spec of ['redact', 'email', 'hash'] as const) {
        if (/^[*]*$/.test(value)) continue
        // A few characters may stand in a mask's own words by chance (“val” in “.invalid”).
        if (value.length > '.invalid'.length) expect(masked(spec, value)).not.toContain(value)
        else expect(masked(spec, value)).not.toBe(value)
      }
      const characters = [...value]
      const first = masked({ keep_first: kept }, value) ?? ''
      const last = masked({ keep_last: kept }, value) ?? ''
      if (characters.length <= kept) expect([first, last]).toEqual(['********', '********'])
      else {
        expect(first).toBe(`${characters.slice(0, kept).join('')}****`)
        expect(last).toBe(`****${characters.slice(-kept).join('')}`)
      }
    }),
  )
})
