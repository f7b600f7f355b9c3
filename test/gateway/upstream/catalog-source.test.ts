import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { CatalogSource } from '../../../src/gateway/upstream/catalog-source.js'
import type { Reading } from '../../../src/sql/catalog.js'

const log = pino({ enabled: false })

/** Reads that the test settles by hand; each snapshot is an object of its own. */
const byHand = () => {
  const reads: { resolve: (reading: Reading) => void; reject: (error: Error) => void }[] = []
  const read = () => new Promise<Reading>((resolve, reject) => reads.push({ resolve, reject }))
  return { reads, source: new CatalogSource(read, log) }
}
const snapshot = (): Reading => ({}) as unknown as Reading

test('sessions that begin together share one reading, and later ones its result', async () => {
  const { reads, source } = byHand()
  const both = Promise.all([source.fresh(), source.fresh()])
  expect(reads).toHaveLength(1)
  const first = snapshot()
  reads[0]!.resolve(first)
  expect(await both).toEqual([first, first])
  expect(await source.fresh()).toBe(first)
  expect(reads).toHaveLength(1)
})

test('a change of the schema during a reading causes another one, which everybody shares who waits', async () => {
  const { reads, source } = byHand()
  const begun = source.fresh()
  const after = [source.refresh(), source.refresh()]
  reads[0]!.resolve(snapshot())
  await begun
  await vi.waitFor(() => expect(reads).toHaveLength(2))
  const second = snapshot()
  reads[1]!.resolve(second)
  expect(await Promise.all(after)).toEqual([second, second])
  expect(source.last).toBe(second)
  expect(reads).toHaveLength(2)
})

test('a failed reading refuses the session and is tried again for the next', async () => {
  const { reads, source } = byHand()
  const refused = source.fresh()
  reads[0]!.reject(new Error('no'))
  await expect(refused).rejects.toThrow('no')
  expect(() => source.last).toThrow('never read')
  const next = source.fresh()
  reads[1]!.resolve(snapshot())
  await next
})

test('an old snapshot serves live sessions while it is replaced, and no new one', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const { reads, source } = byHand()
    const begun = source.fresh()
    const first = snapshot()
    reads[0]!.resolve(first)
    await begun
    vi.advanceTimersByTime(61_000)
    expect(source.last).toBe(first)
    expect(source.last).toBe(first)
    expect(reads).toHaveLength(2)
    const next = source.fresh()
    const second = snapshot()
    reads[1]!.resolve(second)
    expect(await next).toBe(second)
    expect(source.last).toBe(second)
  } finally {
    vi.useRealTimers()
  }
})

test('while the database is away, statements do not each ask for it', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const { reads, source } = byHand()
    const begun = source.fresh()
    reads[0]!.resolve(snapshot())
    await begun
    vi.advanceTimersByTime(61_000)
    void source.last
    reads[1]!.reject(new Error('away'))
    await new Promise(setImmediate)
    for (let i = 0; i < 10; i++) void source.last
    expect(reads).toHaveLength(2)
    vi.advanceTimersByTime(5_001)
    void source.last
    expect(reads).toHaveLength(3)
  } finally {
    vi.useRealTimers()
  }
})
