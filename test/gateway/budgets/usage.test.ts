import { expect, test } from 'vitest'
import { unusualEgress, unusualFrom } from '../../../src/gateway/budgets/alerts.js'
import { Used } from '../../../src/gateway/budgets/budgets.js'
import { Meter } from '../../../src/gateway/budgets/meter.js'
import type { PersonUsage } from '../../../src/gateway/budgets/person-usage.js'
import { Usage } from '../../../src/gateway/budgets/usage.js'
import { openStore } from '../../../src/store/open.js'
import { UsageRecords } from '../../../src/store/usage.js'
import { tempFolder } from '../../helpers/temp.js'
import pino from 'pino'

const noon = Date.parse('2026-11-25T12:30:00Z')
const hour = 3_600_000

const failed = (error: unknown): void => {
  throw error
}

/** Two runs of a gateway on one store, and a clock. */
const openStage = async () => {
  const folder = await tempFolder()
  const store = await openStore(`sqlite:${folder.path}/hoop.db`)
  const records = new UsageRecords(store)
  const clock = { now: noon }
  const opened: Usage[] = []
  return {
    records,
    clock,
    open: async (watch?: (person: PersonUsage) => void) => {
      const options = { store: records, failed, clock: () => clock.now, quiet: 60_000, ...(watch && { watch }) }
      opened.push(await Usage.open(options))
      return opened.at(-1)!
    },
    [Symbol.asyncDispose]: async () => {
      for (const usage of opened) await usage[Symbol.asyncDispose]()
      await records.settled()
      await store[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('what a person got is known after a restart, to the row', async () => {
  await using stage = await openStage()
  const first = await stage.open()
  first.person('ada').add({ rows: 70, bytes: 700, vectors: 7 })
  await first[Symbol.asyncDispose]()
  const second = await stage.open()
  expect(second.person('ada').used('day')).toEqual({ rows: 70, bytes: 700, vectors: 7 })
  expect(second.person('ada').used('hour').rows).toBe(70)
  expect(second.person('eve').used('day').rows).toBe(0)
})

test('after a crash too much counts as used, never too little', async () => {
  await using stage = await openStage()
  const crashed = await stage.open()
  for (let i = 0; i < 50; i++) crashed.person('ada').add({ rows: 1000, bytes: 1, vectors: 0 })
  await stage.records.settled()
  const next = await stage.open()
  const { rows } = next.person('ada').used('day')
  expect(rows).toBeGreaterThanOrEqual(50_000)
  expect(rows).toBeLessThanOrEqual(50_000 * 1.1 + 1000)
})

test('hours and days are those of the clock in UTC', async () => {
  await using stage = await openStage()
  const usage = await stage.open()
  const ada = usage.person('ada')
  ada.add({ rows: 10, bytes: 0, vectors: 0 })
  expect(new Date(ada.ends('hour')).toISOString()).toBe('2026-11-25T13:00:00.000Z')
  stage.clock.now += hour
  expect([ada.used('hour').rows, ada.used('day').rows]).toEqual([0, 10])
  stage.clock.now = Date.parse('2026-11-26T00:00:00Z')
  expect(ada.used('day').rows).toBe(0)
  stage.clock.now -= 1000
  // A clock that is set back hands out nothing.
  ada.add({ rows: 3, bytes: 0, vectors: 0 })
  expect(ada.used('day').rows).toBe(3)
})

test('two sessions of one person never get more together than the person may', async () => {
  await using stage = await openStage()
  const person = (await stage.open()).person('ada')
  const meters = [1, 2].map(() => new Meter({ identity: { rows: 1000, per: 'day' } }, person))
  let sent = 0
  for (let batch = 0; batch < 400; batch++) {
    const meter = meters[batch % 2]!
    for (let row = 0; row < 7; row++) if (meter.take(1, 10, 0)) sent++
    meter.commit()
  }
  expect(sent).toBe(1000)
  expect(meters[1]!.spentUp()).toMatchObject({
    code: 'BUDGET_EXHAUSTED',
    hint: expect.stringContaining('2026-11-26') as string,
  })
})

test('a budget warns once at 80 %, and tells once that it is used up', async () => {
  await using stage = await openStage()
  const told: unknown[] = []
  const person = (await stage.open()).person('ada')
  const meter = new Meter({ session: { rows: 10 } }, person, (exhaustion) => told.push(exhaustion))
  const warnings: string[] = []
  for (let i = 0; i < 12; i++) {
    meter.use(new Used())
    if (!meter.take(1, 5, 0)) meter.refused()
    meter.commit()
    warnings.push(...meter.warnings())
  }
  expect(warnings).toEqual(['80 % of the session budget is used: 8 of 10 rows'])
  expect(told).toEqual([{ budget: 'session', unit: 'rows', limit: 10, used: { rows: 10, bytes: 50, vectors: 0 } }])
})

test('unusual is more than four times the highest of at least three days, and more than a thousand rows', async () => {
  expect(unusualFrom([5000, 100])).toBe(Infinity)
  expect(unusualFrom([5000, 100, 7])).toBe(20_000)
  expect(unusualFrom([1, 2, 3])).toBe(1000)
  await using stage = await openStage()
  for (const day of [1, 2, 3])
    await stage.records.put({
      subject: 'ada',
      hour: noon - (noon % hour) - day * 24 * hour,
      rows: 400 * day,
      bytes: 1,
      vectors: 0,
    })
  const events: unknown[] = []
  const watch = unusualEgress({
    history: (...of) => stage.records.rowsByDay(...of),
    webhooks: { emit: (event) => events.push(event) },
    log: pino({ level: 'silent' }),
  })
  const usage = await stage.open(watch)
  const ada = usage.person('ada')
  const get = async (rows: number): Promise<void> => {
    ada.add({ rows, bytes: 0, vectors: 0 })
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  await get(4000)
  await get(800)
  expect(events).toEqual([])
  await get(1)
  await get(100_000)
  expect(events).toMatchObject([{ event: 'alert', fields: { person: 'ada', rows: 4801, unusual_from: 4800 } }])
})
