import { expect, test } from 'vitest'
import { RecentCache } from '../../src/lib/recent-cache.js'

const cacheOf = () => new RecentCache<object>({ key: 32_768, entries: 4_000, bytes: 8_000_000 })

test('what is used stays, what is not used goes, and the number is bounded', () => {
  const cache = cacheOf()
  const [kept, lost] = [{}, {}]
  cache.set('kept', kept, 0)
  cache.set('lost', lost, 0)
  for (let i = 0; i < 20_000; i++) {
    cache.set(`SELECT ${i}`, {}, 0)
    if (i % 1000 === 0) expect(cache.get('kept')).toBe(kept)
  }
  expect(cache.get('lost')).toBeUndefined()
  const left = Array.from({ length: 20_000 }, (_, i) => cache.get(`SELECT ${i}`)).filter(Boolean)
  expect(left.length).toBeLessThanOrEqual(8_000)
})

test('the size is bounded, too, and a very long key is not kept at all', () => {
  const cache = cacheOf()
  const long = (i: number) => `SELECT ${i} -- ${'x'.repeat(30_000)}`
  for (let i = 0; i < 2_000; i++) cache.set(long(i), {}, 0)
  const left = Array.from({ length: 2_000 }, (_, i) => cache.get(long(i))).filter(Boolean)
  expect(left.length).toBeGreaterThan(0)
  expect(left.length * 30_000).toBeLessThanOrEqual(16_000_000)
  cache.set('x'.repeat(40_000), {}, 0)
  expect(cache.get('x'.repeat(40_000))).toBeUndefined()
})

test('what comes with a key counts as much as the key', () => {
  const cache = cacheOf()
  for (let i = 0; i < 100; i++) cache.set(`${i}`, {}, 1_000_000)
  const left = Array.from({ length: 100 }, (_, i) => cache.get(`${i}`)).filter(Boolean)
  expect(left.length).toBeLessThanOrEqual(16)
})

test('nothing is left when it is cleared', () => {
  const cache = cacheOf()
  cache.set('SELECT 1', {}, 0)
  cache.clear()
  expect(cache.get('SELECT 1')).toBeUndefined()
})

test('what is used again keeps its weight', () => {
  const cache = cacheOf()
  cache.set('kept', {}, 3_000_000)
  for (let i = 0; i < 100; i++) {
    cache.set(`${i}`, {}, 2_000_000)
    expect(cache.get('kept')).toBeDefined()
  }
  const left = Array.from({ length: 100 }, (_, i) => cache.get(`${i}`)).filter(Boolean)
  // Two generations of eight million, and three million of the first are taken.
  expect(left.length).toBeLessThanOrEqual(6)
})

test('a value that grows counts as it is now, and what is larger than a generation is not kept', () => {
  const cache = cacheOf()
  cache.set('other', {}, 0)
  for (let i = 0; i < 100; i++) cache.set('grows', {}, 7_000_000)
  expect(cache.get('other')).toBeDefined()
  cache.set('grows', {}, 9_000_000)
  expect(cache.get('grows')).toBeUndefined()
})
