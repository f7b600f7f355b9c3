import { expect, test } from 'vitest'
import { codeLength } from '../../../src/sql/parser/code-length.js'

test.for([
  ['', 0],
  ['select 1', 8],
  ["select 'abc'", 7],
  ["select 'a''b', 1", 10],
  ["select E'a\\'b', 1", 11],
  ["select 'a\\', 1", 10],
  ['select "a b"', 7],
  ['select 1 -- comment', 9],
  ['select 1 -- it’s\n, 2', 12],
  ["select /* it's */ 1", 9],
  ["select $$it's$$, 1", 10],
  ["select $a$ '$$ $a$, 1", 10],
  ["select 'never ends", 7],
] as const)('%j has about %i characters of code', ([text, length]) => {
  expect(codeLength(text)).toBe(length)
})

// Were it quadratic in one of them, that alone would take hours.
test('texts made to be slow come to an end', { timeout: 60_000 }, () => {
  for (const part of ["'", '$a$', '/*', '--', '"', "E'\\\\"])
    expect(codeLength(part.repeat(2_000_000))).toBeGreaterThanOrEqual(0)
  expect(codeLength(Array.from({ length: 1_000_000 }, (_, n) => `$t${n}$`).join(''))).toBeGreaterThanOrEqual(0)
})
