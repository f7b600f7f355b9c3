import { beforeAll, expect, test } from 'vitest'
import { initParser } from '../../src/sql/parser.js'
import { bindVariables } from '../../src/sql/variables.js'

beforeAll(initParser)

test('a parameter stays a token of its own', async () => {
  const { text, values } = await bindVariables('SELECT arr[lo:hi] FROM t', new Map([['hi', '2']]))
  expect(values).toEqual(['2'])
  expect(text).toBe('SELECT arr[lo $1 ] FROM t')
})

test('what is no variable’s name in a slice is a column', async () => {
  const { text } = await bindVariables('SELECT arr[lo:hi], :n AS n', new Map([['n', '1']]))
  expect(text).toMatch(/arr\[lo:hi\], +\$1 +AS n/)
})
