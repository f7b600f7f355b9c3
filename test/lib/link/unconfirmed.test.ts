import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Unconfirmed } from '../../../src/lib/link/unconfirmed.js'

const bytesOf = (kept: Unconfirmed): Buffer => Buffer.concat([...kept])

test('what is kept is what was added, less what was confirmed, whatever the sizes', () => {
  const sizes = fc.array(fc.oneof(fc.nat(9), fc.nat(5000)), { minLength: 1, maxLength: 400 })
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(100), { maxLength: 400 }), (adds, confirms) => {
      const kept = new Unconfirmed()
      let all = Buffer.alloc(0)
      let base = 0
      let next = 0
      for (const [index, size] of adds.entries()) {
        const chunk = Buffer.from(Array.from({ length: size }, () => next++ % 251))
        kept.add(chunk)
        all = Buffer.concat([all, chunk])
        const share = confirms[index]
        if (share === undefined || share < 50) continue
        const gone = Math.floor((all.length * (share - 50)) / 50)
        kept.confirm((base += gone))
        all = all.subarray(gone)
        expect(kept.holds(base - 1)).toBe(false)
      }
      expect(bytesOf(kept).equals(all)).toBe(true)
      expect(kept.length).toBe(all.length)
    }),
    { numRuns: 100 },
  )
})

test('many short messages take little more than their bytes', () => {
  const kept = new Unconfirmed()
  for (let i = 0; i < 100_000; i++) kept.add(Buffer.from('answer'))
  expect([...kept].length).toBeLessThan(100)
  expect(bytesOf(kept).toString()).toBe('answer'.repeat(100_000))
})
