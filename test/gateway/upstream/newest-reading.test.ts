import { expect, test, vi } from 'vitest'
import { NewestReading } from '../../../src/gateway/upstream/catalog/newest-reading.js'
import type { Reading } from '../../../src/sql/catalog.js'

/** Reads that the test settles by hand; each snapshot is an object of its own. */
const byHand = () => {
  const reads: { resolve: (reading: Reading) => void; reject: (error: Error) => void }[] = []
  const read = () => new Promise<Reading>((resolve, reject) => reads.push({ resolve, reject }))
  return { reads, source: new NewestReading(read) }
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

/** What is made of each reading is there when the test says so. */
class Prepared extends NewestReading {
  readonly begunWith: Reading[] = []
  readonly #made = new Map<Reading, PromiseWithResolvers<void> & { done: boolean }>()

  made(reading: Reading): void {
    const making = this.#made.get(reading)!
    making.done = true
    making.resolve()
  }

  protected override prepare(reading: Reading): Promise<void> | undefined {
    const making = this.#made.get(reading) ?? { ...Promise.withResolvers<void>(), done: false }
    this.#made.set(reading, making)
    return making.done ? undefined : making.promise
  }

  protected override begun(reading: Reading): void {
    this.begunWith.push(reading)
  }

  get preparing(): number {
    return this.#made.size
  }
}

const preparedByHand = () => {
  const reads: ((reading: Reading) => void)[] = []
  const source = new Prepared(() => new Promise<Reading>((resolve) => reads.push(resolve)))
  return { reads, source }
}

test('a reading is in force when all is there that is made of it, and the one before until then', async () => {
  const { reads, source } = preparedByHand()
  const [first, second] = [snapshot(), snapshot()]
  const begun = source.known()
  reads[0]!(first)
  await vi.waitFor(() => expect(source.preparing).toBe(1))
  expect(source.lastRead).toBeUndefined()
  source.made(first)
  expect(await begun).toBe(first)
  const again = source.refresh()
  reads[1]!(second)
  await vi.waitFor(() => expect(source.preparing).toBe(2))
  expect(source.last).toBe(first)
  expect(source.begunWith).toEqual([first])
  source.made(second)
  await again
  expect(source.last).toBe(second)
  expect(source.begunWith).toEqual([first, second])
})

test('a reading that began earlier is not put in force over a later one, be it read or made later', async () => {
  const { reads, source } = preparedByHand()
  const [first, older, newer] = [snapshot(), snapshot(), snapshot()]
  const begun = source.known()
  const shared = source.refresh()
  // Whoever asks in the moment in which one reading is over and the next hasn't begun has one of their own.
  const between = begun.then(() => source.refresh())
  reads[0]!(first)
  await vi.waitFor(() => expect(source.preparing).toBe(1))
  source.made(first)
  await vi.waitFor(() => expect(reads).toHaveLength(3))
  reads[1]!(older)
  await vi.waitFor(() => expect(source.preparing).toBe(2))
  reads[2]!(newer)
  await vi.waitFor(() => expect(source.preparing).toBe(3))
  source.made(newer)
  await vi.waitFor(() => expect(source.last).toBe(newer))
  source.made(older)
  expect(new Set(await Promise.all([shared, between]))).toEqual(new Set([older, newer]))
  expect(source.last).toBe(newer)
  expect(source.begunWith).toEqual([first, newer])
})
