import { expect, test } from 'vitest'
import { entryFor, StatementIndex } from '../../../src/recording/format/statement-index.js'

const indexOf = (count: number): StatementIndex => {
  const index = new StatementIndex()
  for (let n = 1; n <= count; n++) index.add(n, n * 100)
  return index
}

test.for([1, 10, 511])('of %i statements each has its place', (count) => {
  expect(indexOf(count).entries).toEqual(Array.from({ length: count }, (_, i) => [i + 1, (i + 1) * 100]))
})

test.for([512, 5000, 1_000_000])('of %i statements so many have one that none is far', (count) => {
  const { entries } = indexOf(count)
  expect(entries.length).toBeLessThan(512)
  expect(entries[0]).toEqual([1, 100])
  const gaps = entries.map(([n], i) => (entries[i + 1]?.[0] ?? count) - n)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2 ** Math.ceil(Math.log2(count / 256)))
})

test('a statement is looked for from the last entry before it', () => {
  const index = {
    statements: [
      [3, 30],
      [7, 70],
    ] as const,
    frames: 0,
    bytes: 0,
  }
  expect([2, 3, 6, 7, 99].map((n) => entryFor(index, n)?.[1])).toEqual([undefined, 30, 30, 70, 70])
})
