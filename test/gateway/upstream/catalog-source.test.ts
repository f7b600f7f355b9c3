import { expect, test, vi } from 'vitest'
import { CatalogSource } from '../../../src/gateway/upstream/catalog/catalog-source.js'
import type { Reading } from '../../../src/sql/catalog.js'

/** Reads that the test settles by hand; each snapshot is an object of its own. */
const byHand = () => {
  const reads: { resolve: (reading: Reading) => void; reject: (error: Error) => void }[] = []
  const read = () => new Promise<Reading>((resolve, reject) => reads.push({ resolve, reject }))
  return { reads, source: new CatalogSource(read) }
}
const snapshot = (): Reading => ({}) as unknown as Reading

test('sessions that begin together share one reading, and later ones its result', async () => {
  const { reads, source } = byHand()
  const both = Promise.all([source.known(), source.known()])
  expect(reads).toHaveLength(1)
  const first = snapshot()
  reads[0]!.resolve(first)
  expect(await both).toEqual([first, first])
  expect(await source.known()).toBe(first)
  expect(reads).toHaveLength(1)
})

test('a change of the schema during a reading causes another one, which everybody shares who waits', async () => {
  const { reads, source } = byHand()
  const begun = source.known()
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
  const refused = source.known()
  reads[0]!.reject(new Error('no'))
  await expect(refused).rejects.toThrow('no')
  expect(() => source.last).toThrow('never read')
  const next = source.known()
  reads[1]!.resolve(snapshot())
  await next
})

test('a snapshot serves until somebody asks for another, however old it is', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const { reads, source } = byHand()
    const begun = source.known()
    const first = snapshot()
    reads[0]!.resolve(first)
    await begun
    vi.advanceTimersByTime(86_400_000)
    expect(source.last).toBe(first)
    expect(await source.known()).toBe(first)
    expect(reads).toHaveLength(1)
  } finally {
    vi.useRealTimers()
  }
})
