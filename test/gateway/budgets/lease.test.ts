import { setImmediate as turn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { Meter } from '../../../src/gateway/budgets/meter.js'
import { Usage, type UsageStore } from '../../../src/gateway/budgets/usage.js'

type Put = Parameters<UsageStore['put']>[0]

/** A store that answers when it is told to. */
class SlowStore implements UsageStore {
  readonly puts: { readonly hour: Put; readonly done: () => void; readonly failed: (error: Error) => void }[] = []
  readonly asked: string[] = []
  broken = false

  since = (): Promise<readonly Put[]> => Promise.resolve([])

  put(hour: Put): Promise<void> {
    return new Promise((done, failed) => this.puts.push({ hour, done, failed }))
  }

  ask({ key }: { readonly key: string }): Promise<void> {
    if (this.broken) return Promise.reject(new Error('full'))
    this.asked.push(key)
    return Promise.resolve()
  }
}

const stage = (again = 1) => {
  const store = new SlowStore()
  const failures: unknown[] = []
  const usage = new Usage({ store, failed: (error) => failures.push(error), quiet: 1_000_000, again })
  const person = usage.person('ada')
  const meterOf = () => new Meter({ identity: { rows: 1_000_000, per: 'day' } }, person)
  return { store, failures, person, meter: meterOf(), meterOf }
}

const until = (come: () => boolean) => vi.waitUntil(come, { timeout: 60_000, interval: 1 })

/** Rows that leave before the meter wants to wait, at most so many. */
const flow = (meter: Meter, most: number): number => {
  let sent = 0
  while (sent < most && !meter.waits && meter.take(1, 100, 0)) {
    sent++
    meter.commit()
  }
  return sent
}

test('no more leaves than the store has noted, and a slice', async () => {
  const { store, meter } = stage()
  expect(flow(meter, 10_000)).toBe(1001)
  let goesOn = 0
  meter.whenNoted(() => goesOn++)
  store.puts[0]!.done()
  await turn()
  expect(goesOn).toBe(1)
  expect(meter.waits).toBe(false)
  // The store was asked for more before what it had noted was used up.
  expect(store.puts.length).toBeGreaterThan(1)
  expect(store.puts.at(-1)!.hour.rows).toBeGreaterThan(1001)
})

test('somebody whose store answers never waits', async () => {
  const { store, meter } = stage()
  store.put = () => Promise.resolve()
  for (let rows = 0; rows < 50_000; rows++) {
    expect(meter.take(1, 100, 0)).toBe(true)
    if (rows % 100 !== 99) continue
    meter.commit()
    expect(meter.waits).toBe(false)
    await turn()
  }
})

test('where the store fails, what is left of the slice may be used, then nothing leaves until it is well again', async () => {
  const { store, failures, person, meter, meterOf } = stage()
  expect(flow(meter, 10)).toBe(10)
  store.puts.shift()!.failed(new Error('full'))
  await turn()
  expect(meter.waits).toBe(false)
  expect(meter.spentUp()).toBeUndefined()
  expect(flow(meter, 10_000)).toBe(991)
  expect(meter.refused()).toMatchObject({ code: 'BUDGET_UNCOUNTED', sqlstate: '58030' })
  expect(meterOf().spentUp()).toMatchObject({ code: 'BUDGET_UNCOUNTED' })
  expect(new Meter({ session: { rows: 5 } }, person).spentUp()).toBeUndefined()
  await until(() => store.puts.length > 0)
  store.puts.shift()!.failed(new Error('full'))
  await until(() => store.puts.length > 0)
  // It is said once.
  expect(failures).toHaveLength(1)
  for (const { done } of store.puts.splice(0)) done()
  await turn()
  expect(meter.spentUp()).toBeUndefined()
  expect(flow(meter, 500)).toBe(500)
})

test('a session that waits is told when the store has failed, and hears the reason then', async () => {
  const { store, meter } = stage()
  flow(meter, 10_000)
  let told = 0
  meter.whenNoted(() => told++)
  store.puts[0]!.failed(new Error('locked'))
  await turn()
  expect(told).toBe(1)
  expect(meter.take(1, 1, 0)).toBe(false)
  expect(meter.refused().code).toBe('BUDGET_UNCOUNTED')
})

test('whose budgets are of statements and sessions only, waits for no store', async () => {
  const { store, person } = stage()
  const meter = new Meter({ session: { rows: 100_000 } }, person)
  expect(flow(meter, 50_000)).toBe(50_000)
  store.puts[0]!.failed(new Error('full'))
  await turn()
  expect(flow(meter, 50_000)).toBe(50_000)
})

test('questions that a failing store did not take are bounded, and noted once it is well again', async () => {
  const { store, person } = stage()
  const meter = new Meter({}, person, undefined, '', { guesses: 10_000 })
  store.broken = true
  const ask = (from: number, count: number) =>
    meter.ask({ queries: [], guesses: Array.from({ length: count }, (_, index) => `${from + index}`) })
  expect(ask(0, 60)).toBeUndefined()
  await turn()
  expect(ask(60, 60)).toBeUndefined()
  expect(ask(120, 1)).toMatchObject({ code: 'BUDGET_UNCOUNTED' })
  // What was asked before tells nothing new.
  expect(ask(0, 60)).toBeUndefined()
  store.broken = false
  const noted = setInterval(() => store.puts.splice(0).forEach(({ done }) => done()), 1)
  try {
    await until(() => store.asked.length === 120)
    await until(() => ask(120, 1) === undefined)
  } finally {
    clearInterval(noted)
  }
})
