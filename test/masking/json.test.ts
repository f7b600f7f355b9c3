import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ColumnType, MaskSpec } from '../../src/masking/types.js'
import { valueMasker } from '../../src/masking/value-masker.js'
import { parseJsonPath } from '../../src/masking/values/json-path.js'
import { key, mask, text, typed } from './types.js'

const masked = (spec: MaskSpec, value: string, type: ColumnType): string | undefined =>
  valueMasker(mask(spec, type), 0, key)(Buffer.from(value))?.toString()

const jsonb = typed('jsonb')
const documents: Readonly<Record<string, MaskSpec & object>> = {
  customer: { json: { '$.customer.email': 'email', '$.items[*].ssn': 'redact' } },
  deep: { json: { '$..ssn': { keep_last: 2 } } },
  every: { json: { '$.*': 'redact' } },
  first: { json: { '$.a[0]': 'redact', '$.a[*]': { bucket: 10 } } },
  nothing: { json: { '$.a': 'null' } },
  hash: { json: { '$.a': 'hash' } },
  born: { json: { '$.born': { date: 'month' } } },
}

test.for<[spec: string, value: string, expected: string]>([
  [
    'customer',
    '{"id": 12345678901234567890.10, "customer": {"email": "jane@example.com", "x": 1e2}, "items": [{"ssn": "078"}, {"ssn": 5, "n": 7}]}',
    '{"id": 12345678901234567890.10, "customer": {"email": "j***@e***.com", "x": 1e2}, "items": [{"ssn": "********"}, {"ssn": 0, "n": 7}]}',
  ],
  // Another shape than the path expects, and other spellings of the same.
  ['customer', '{"items": {"ssn": "078"}}', '{"items": {"ssn": "********"}}'],
  ['customer', '[{"customer": [{"email": 1}]}]', '[{"customer": [{"email": 0}]}]'],
  [
    'customer',
    '{"custome\\u0072": {"email": null, "email": "x"}}',
    '{"custome\\u0072": {"email": null, "email": "***@***.invalid"}}',
  ],
  ['customer', ' "scalar" ', ' "scalar" '],
  ['deep', '{"a": [{"b": {"ssn": "078-05"}}], "ssn": "12345"}', '{"a": [{"b": {"ssn": "****05"}}], "ssn": "****45"}'],
  ['deep', '{"ssn": {"number": "123"}}', '{"ssn": {}}'],
  ['deep', '{"ssn": ["12345", {"n": "123"}, 5]}', '{"ssn": ["****45",{},0]}'],
  ['every', '{"a": {"x": [1]}, "b": [1, 2], "c": true, "d": null}', '{"a": {}, "b": [], "c": false, "d": null}'],
  ['first', '{"a": [11, 12.5, -1, "47", "x"]}', '{"a": [0, 10, -10, "40", "********"]}'],
  ['first', '{"a": "x"}', '{"a": "********"}'],
  ['nothing', '{"a": {"b": "secret"}, "b": "x\\\\\\"}"}', '{"a": null, "b": "x\\\\\\"}"}'],
  ['born', '{"born": "1984-04-04"}', '{"born": "1984-04-01"}'],
  ['born', '{"born": "1984-04-04T12:34:56.7Z"}', '{"born": "1984-04-01T00:00:00Z"}'],
  ['born', '{"born": "04/04/1984"}', '{"born": "********"}'],
  ['customer', '{"customer": {"email": "x"}', '{"masked": true}'],
  ['customer', '{"customer" {"email": "x"}}', '{"masked": true}'],
  ['customer', 'secret!', '{"masked": true}'],
  ['customer', '{}x', '{"masked": true}'],
  ['customer', '', '{"masked": true}'],
  ['customer', `${'['.repeat(300)}${']'.repeat(300)}`, '{"masked": true}'],
  ['customer', '['.repeat(1_000_000), '{"masked": true}'],
])('JSON masked by path (%s): %s becomes %s', ([name, value, expected]) => {
  const spec = documents[name] as MaskSpec
  expect(masked(spec, value, jsonb)).toBe(expected)
  const binary = valueMasker(mask(spec, jsonb), 1, key)(Buffer.from(`\u0001${value}`))
  expect(binary?.toString()).toBe(`\u0001${expected}`)
})

test('a number in JSON hashes as the same number in a column, a text as the same text', () => {
  const of = (value: string) => masked(documents['hash'] as MaskSpec, `{"a":${value}}`, jsonb)
  expect(of('4711')).toBe(`{"a":${masked('hash', '4711', typed('int8'))}}`)
  expect(of('"4711"')).toBe(`{"a":"${masked('hash', '4711', text)}"}`)
  expect(of('47.11')).toBe('{"a":0}')
})

test('JSON without anything named by a path keeps every byte, and with a path to all of it shows nothing', () => {
  const plain: MaskSpec = { json: { '$.never there': 'redact' } }
  expect(parseJsonPath('$.never there')).toBeUndefined()
  const kept: MaskSpec = { json: { '$."never there"': 'redact' } }
  expect(masked(plain, '{}', jsonb)).toBe('{"masked": true}')
  fc.assert(
    fc.property(fc.json(), fc.integer({ min: 0, max: 2 }), (value, indent) => {
      const written = JSON.stringify(JSON.parse(value), undefined, indent)
      expect(masked(kept, written, jsonb)).toBe(written)
      const hidden = JSON.parse(masked({ json: { '$..*': 'redact' } }, written, jsonb)!) as unknown
      const top = JSON.parse(value) as unknown
      if (typeof top !== 'object' || top === null || Array.isArray(top)) return
      for (const inner of Object.values(hidden as object))
        expect(['********', 0, false, null, '{}', '[]']).toContainEqual(
          typeof inner === 'object' && inner !== null ? JSON.stringify(inner) : inner,
        )
    }),
  )
})

test.for(['', '$', 'a', '.a', '$.', '$..', '$a', '$.a b', '$["a"]', '$[-1]', '$.a[', '$."a', '$.a.'])(
  'the path %s is refused',
  (path) => expect(parseJsonPath(path)).toBeUndefined(),
)
