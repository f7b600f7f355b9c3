import { expect, test } from 'vitest'
import { DecisionCache } from '../../src/policy/decision-cache.js'
import type { Verdict } from '../../src/policy/verdict.js'

const decision = (): Verdict => ({ settled: { kind: 'allow', statements: [] } })

test('what is used stays, what is not used goes, and the number is bounded', () => {
  const cache = new DecisionCache()
  const [kept, lost] = [decision(), decision()]
  cache.set('kept', kept)
  cache.set('lost', lost)
  for (let i = 0; i < 20_000; i++) {
    cache.set(`SELECT ${i}`, decision())
    if (i % 1000 === 0) expect(cache.get('kept')).toBe(kept)
  }
  expect(cache.get('lost')).toBeUndefined()
  const left = Array.from({ length: 20_000 }, (_, i) => cache.get(`SELECT ${i}`)).filter(Boolean)
  expect(left.length).toBeLessThanOrEqual(8_000)
})

test('the size is bounded, too, and a very long text is not kept at all', () => {
  const cache = new DecisionCache()
  for (let i = 0; i < 2_000; i++) cache.set(`SELECT ${i} -- ${'x'.repeat(30_000)}`, decision())
  const left = Array.from({ length: 2_000 }, (_, i) => cache.get(`SELECT ${i} -- ${'x'.repeat(30_000)}`)).filter(
    Boolean,
  )
  expect(left.length).toBeGreaterThan(0)
  expect(left.length * 30_000).toBeLessThanOrEqual(16_000_000)
  cache.set('x'.repeat(40_000), decision())
  expect(cache.get('x'.repeat(40_000))).toBeUndefined()
})

test('nothing is left when it is cleared', () => {
  const cache = new DecisionCache()
  cache.set('SELECT 1', decision())
  cache.clear()
  expect(cache.get('SELECT 1')).toBeUndefined()
})
