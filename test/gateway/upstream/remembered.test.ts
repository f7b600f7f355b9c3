import pino from 'pino'
import { expect, test } from 'vitest'
import { Remembered, type NameMemory } from '../../../src/gateway/upstream/catalog/remembered.js'
import type { KnownName, Reading } from '../../../src/sql/catalog.js'

const name: KnownName = {
  ...{ entry: 'public.customers.ssn', identity: '1', relation: 20_000, attribute: 3 },
  name: 'public.customers.ssn',
}
const reading = { identity: '1', rows: new Map([[20_000, []]]) } as unknown as Reading

test('what names mean is durable before somebody new is let in, and written again where that failed', async () => {
  const kept: KnownName[] = []
  let broken = true
  const memory: NameMemory = {
    of: () => Promise.resolve([]),
    put: (_database, names) => {
      if (broken) return Promise.reject(new Error('disk full'))
      kept.push(...names)
      return Promise.resolve()
    },
    drop: () => Promise.resolve(),
  }
  const remembered = new Remembered('there', () => memory, pino({ enabled: false }))
  await remembered.load('1')
  await remembered.written()
  remembered.learn(reading, [name])
  // It holds at once, for sessions that live.
  expect(remembered.all).toEqual([name])
  await expect(remembered.written()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await expect(remembered.written()).rejects.toMatchObject({ code: 'STORE_FAILED' })
  broken = false
  await remembered.written()
  expect(kept).toEqual([name])
  await remembered.written()
  expect(kept).toHaveLength(1)
})
