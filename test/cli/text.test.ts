import { expect, test } from 'vitest'
import { pairs, table } from '../../src/cli/table.js'
import { statementLines } from '../../src/lib/shown/statement-lines.js'
import { escaped, exact } from '../../src/lib/shown/text.js'
import { count, jsonText, plain, span, width } from '../../src/cli/text.js'

test.for([
  ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
  ['a\r\nb\tc', 'a\\r\\nb\\tc'],
  ['\u009b31m', '\\u009b31m'],
  ['abc\u202egnp.exe', 'abc\\u202egnp.exe'],
  ['zero\u200bwidth\u200f\u{e0041}', 'zero\\u200bwidth\\u200f\\udb40\\udc41'],
  ['plain – ünïcode 🐘 👩\u200d🚀', 'plain – ünïcode 🐘 👩\u200d🚀'],
] as const)('%j is shown as %j', ([raw, shown]) => {
  expect(plain(raw)).toBe(shown)
})

test('line ends can be kept', () => {
  expect(plain('a\nb\u0000', '\n')).toBe('a\nb\\u0000')
})

test.for([
  ['abc', 3],
  ['日本', 4],
  ['🐘', 2],
  ['é', 1],
  ['\u001b[1mbold\u001b[22m', 4],
  ['\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007', 4],
  ['\u001b[38;5;9m日\u001b[39m', 2],
  ['e\u0301', 1],
  ['\u0301', 0],
  ['❤\ufe0f', 2],
  ['👨\u200d👩\u200d👧', 2],
  ['🇫🇷', 2],
  ['한글', 4],
  ['ｶﾞ', 2],
] as const)('%j takes %i columns', ([text, columns]) => {
  expect(width(text)).toBe(columns)
})

test.for([
  [0, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [200_000_000, '2 days'],
  [-5, '0 s'],
] as const)('%i ms is %s', ([ms, text]) => {
  expect(span(ms)).toBe(text)
})

test('counts have their plural', () => {
  expect([count(1, 'row'), count(0, 'row'), count(1234, 'row')]).toEqual(['1 row', '0 rows', '1,234 rows'])
})

test('a table has headings, aligned columns, dashes for nothing, and no trailing blanks', () => {
  expect(
    table(
      ['name', 'n'],
      [
        ['a', 1],
        ['long name', undefined],
      ],
    ),
  ).toBe('NAME       N\na          1\nlong name  -')
})

test('a table makes its cells harmless', () => {
  expect(table(['name'], [['\u001b[2J']])).toBe('NAME\n\\u001b[2J')
})

test('pairs leave out what is empty', () => {
  expect(pairs({ Person: 'mika', Subject: undefined, 'Kept in': '', Gateway: 'g' })).toBe('Person   mika\nGateway  g')
})

test('JSON for a terminal is the same value, without what would steer it', () => {
  const value = { a: 'x\u009b2J\u202e\n\u{e0041}', b: ['é'] }
  expect(jsonText(value, 2)).toMatch(/^[\n -~é]*$/)
  expect(JSON.parse(jsonText(value, 2))).toEqual(value)
})

test('a statement can’t pass for what stands around it, nor push itself off the screen', () => {
  const text = `delete from a;${'\n'.repeat(60_000)}select 1\n\n$1 = 'x'${' '.repeat(5000)}; drop table b\u200b`
  expect(statementLines(text)).toEqual([
    '| delete from a;',
    ': 59,999 blank lines :',
    '| select 1',
    '|',
    "| $1 = 'x' [5,000 blanks] ; drop table b\\u200b",
  ])
})

test('what can’t be seen in a name is written out, in a statement and in what goes into it', () => {
  const unseen = ['\ufe0f', '\u{e0100}', '\u034f', '\u180b', '\u17b4', '\u115f', '\u3164', '\uffa0', '\u00ad']
  for (const c of unseen)
    expect([plain(`cleanup${c}()`), exact(`cleanup${c}()`)]).toEqual(Array(2).fill(`cleanup${escaped(c)}()`))
  // Joiners, and what looks like a space, have a meaning in prose; in a name they only hide it.
  for (const c of ['\u200c', '\u200d', '\u00a0', '\u3000', '\u2800'])
    expect([plain(`x${c}()`), exact(`x${c}()`), statementLines(`x${c}()`)]).toEqual([
      `x${c}()`,
      `x${escaped(c)}()`,
      [`| x${escaped(c)}()`],
    ])
  expect(statementLines('a\n\u3164\n\n;')).toEqual(['| a', '| \\u3164', '|', '| ;'])
  expect([plain('❤\ufe0f'), exact('❤\ufe0f')]).toEqual(['❤\ufe0f', '❤\\ufe0f'])
})
