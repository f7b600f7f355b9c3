import { expect, test } from 'vitest'
import { claimText, match } from '../../src/identity/workloads/trust.js'
import { repeatedName } from '../../src/identity/provider/repeated-name.js'

type When = Parameters<typeof match>[0]['when']

test.for<[string, When, Record<string, unknown>, boolean]>([
  ['a value', { ref: 'refs/heads/main' }, { ref: 'refs/heads/main' }, true],
  ['another value', { ref: 'refs/heads/main' }, { ref: 'refs/heads/dev' }, false],
  ['a value that only begins like it', { repository: 'acme/repo' }, { repository: 'acme/repo-evil' }, false],
  ['a value that only ends like it', { repository: 'acme/repo' }, { repository: 'evil/acme/repo' }, false],
  ['another case', { environment: 'production' }, { environment: 'Production' }, false],
  ['a letter that looks the same', { environment: 'prod' }, { environment: 'рrod' }, false],
  ['the same letter composed otherwise', { environment: 'café' }, { environment: 'cafe\u0301' }, false],
  ['a blank more', { environment: 'prod' }, { environment: 'prod ' }, false],
  ['one of several', { ref: ['a', 'b'] }, { ref: 'b' }, true],
  ['none of several', { ref: ['a', 'b'] }, { ref: 'c' }, false],
  ['a number for a text', { repository_id: '47' }, { repository_id: 47 }, true],
  ['a text for a number', { repository_id: 47 }, { repository_id: '47' }, true],
  ['a number past what JSON holds', { repository_id: String(2 ** 53 + 2) }, { repository_id: 2 ** 53 + 2 }, false],
  ['a fraction', { project_id: 1 }, { project_id: 1.5 }, false],
  ['a truth', { ref_protected: true }, { ref_protected: true }, true],
  ['a truth as text', { ref_protected: true }, { ref_protected: 'true' }, true],
  ['a list that holds it', { ref: 'a' }, { ref: ['a'] }, false],
  ['an object', { ref: '[object Object]' }, { ref: {} }, false],
  ['null', { ref: 'null' }, { ref: null }, false],
  ['nothing', { ref: 'undefined' }, {}, false],
  ['what every object has', { 'constructor.name': 'Object' }, {}, false],
  ['a prototype', { '__proto__.ref': 'a' }, {}, false],
  ['a pattern', { ref: { pattern: 'refs/heads/release-\\d+' } }, { ref: 'refs/heads/release-7' }, true],
  [
    'a pattern that fits a part',
    { ref: { pattern: 'refs/heads/release-\\d+' } },
    { ref: 'refs/heads/release-7x' },
    false,
  ],
  ['a pattern with alternatives, whole', { ref: { pattern: 'main|dev' } }, { ref: 'main-evil' }, false],
  ['a pattern over two lines', { ref: { pattern: 'main' } }, { ref: 'main\n' }, false],
  ['two conditions, both', { a: '1', b: '2' }, { a: '1', b: '2' }, true],
  ['two conditions, one', { a: '1', b: '2' }, { a: '1', b: '3' }, false],
  ['no condition', {}, { a: '1' }, false],
  ['a path', { 'kubernetes.io.namespace': 'ci' }, { 'kubernetes.io': { namespace: 'ci' } }, true],
  ['a path that means two', { 'a.b': '1' }, { 'a.b': '1', a: { b: '1' } }, false],
])('%s', ([, when, claims, fits]) => {
  expect('claims' in match({ when }, claims)).toBe(fits)
})

test('a pattern that takes other engines for ever is answered at once', () => {
  const began = performance.now()
  match({ when: { ref: { pattern: '(a+)+' } } }, { ref: `${'a'.repeat(900)}!` })
  expect(performance.now() - began).toBeLessThan(1000)
})

test('text that steers a terminal is no value', () => {
  expect(claimText({ ref: '\x1b[2J' }, 'ref')).toBeUndefined()
})

test.for<[string, string | undefined]>([
  ['{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}', undefined],
  ['{"a":1,"a":2}', 'a'],
  ['{"x":{"a":1,"b":[],"a":2}}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{"a":"b","b":"a"}', undefined],
  ['{"a":"\\"a\\":","b":"{\\"b\\":1}"}', undefined],
  ['[{"a":1},{"a":1}]', undefined],
])('names that stand twice in %s', ([text, name]) => {
  expect(repeatedName(text)).toBe(name)
})
