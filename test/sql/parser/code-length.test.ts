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

test('it is quick on texts made to be slow', () => {
  const start = performance.now()
  for (const part of ["'", '$a$', '/*', '--', '"', "E'\\\\"]) codeLength(part.repeat(500_000))
  codeLength(Array.from({ length: 200_000 }, (_, n) => `$t${n}$`).join(''))
  expect(performance.now() - start).toBeLessThan(5000)
})
