import { expect, test } from 'vitest'
import { Buckets } from '../../../../src/gateway/server/admission/buckets.js'

/** A bucket and a clock that is set by hand. */
const bucket = (count: number, per: number, most?: number) => {
  const clock = { now: 1_000_000 }
  return { clock, buckets: new Buckets({ count, per }, () => clock.now, most) }
}

const takeAll = (buckets: Buckets, name: string): number => {
  let taken = 0
  while (taken < 100_000 && buckets.take(name) === 0) taken++
  return taken
}

test.for([1, 2, 3, 7, 60, 600, 1234, 6000])('%i may come at once, and not one more', (count) => {
  const { buckets } = bucket(count, 60_000)
  expect(takeAll(buckets, 'ana')).toBe(count)
})

test('tokens come back one by one, and never more than there were', () => {
  const { buckets, clock } = bucket(60, 60_000)
  takeAll(buckets, 'ana')
  expect(buckets.take('ana')).toBeCloseTo(1000)
  clock.now += 999
  expect(buckets.take('ana')).toBeCloseTo(1)
  clock.now += 1
  expect(buckets.take('ana')).toBe(0)
  expect(buckets.take('ana')).toBeCloseTo(1000)
  clock.now += 10_000
  expect(takeAll(buckets, 'ana')).toBe(10)
  clock.now += 3_600_000
  expect(takeAll(buckets, 'ana')).toBe(60)
})

test('over a long time no more get through than the rate allows', () => {
  const { buckets, clock } = bucket(10, 1000)
  let taken = 0
  for (let step = 0; step < 10_000; step++, clock.now += 7) if (buckets.take('ana') === 0) taken++
  expect(taken).toBeGreaterThanOrEqual(700)
  expect(taken).toBeLessThanOrEqual(711)
})

test('who is refused does not wait longer for having asked', () => {
  const { buckets, clock } = bucket(1, 1000)
  expect(buckets.take('ana')).toBe(0)
  for (let asked = 0; asked < 100; asked++) expect(buckets.take('ana')).toBe(1000)
  clock.now += 1000
  expect(buckets.take('ana')).toBe(0)
})

test('one name takes nothing from another', () => {
  const { buckets } = bucket(5, 1000)
  takeAll(buckets, 'ana')
  expect(takeAll(buckets, 'ben')).toBe(5)
})

test('looking takes nothing', () => {
  const { buckets } = bucket(1, 1000)
  for (let looked = 0; looked < 10; looked++) expect(buckets.wait('ana')).toBe(0)
  expect(buckets.take('ana')).toBe(0)
  expect(buckets.wait('ana')).toBe(1000)
})

test('memory is bounded: who was seen longest ago is forgotten', () => {
  const { buckets } = bucket(2, 1000, 3)
  for (const name of ['ana', 'ben', 'cy', 'ana']) buckets.take(name)
  for (let stranger = 0; stranger < 2; stranger++) buckets.take(`stranger ${stranger}`)
  expect(buckets.size).toBe(3)
  expect(buckets.wait('ana')).toBe(500)
  expect(takeAll(buckets, 'ben')).toBe(2)
})
