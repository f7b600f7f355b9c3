import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest'
import { Usage, type UsageStore } from '../../../../src/gateway/budgets/usage.js'
import type { Guard } from '../../../../src/policy/decision.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, rowsIn, send, types, WireClient } from '../wire-client.js'

let database: FreshDatabase
let guard: Guard

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  guard = await guardOf(database.url, {})
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

/** A gateway whose store answers when it is told to, and a client of somebody with a budget by the day. */
const stage = async () => {
  const puts: { readonly done: () => void; readonly failed: (error: Error) => void }[] = []
  let mode: 'holds' | 'answers' | 'fails' = 'holds'
  const store: UsageStore = {
    since: () => Promise.resolve([]),
    put: () =>
      new Promise((done, failed) => {
        if (mode === 'holds') puts.push({ done, failed })
        else if (mode === 'answers') done()
        else failed(new Error('the disk is full'))
      }),
  }
  const failures: unknown[] = []
  const usage = new Usage({ store, failed: (error) => failures.push(error), quiet: 1_000_000, again: 1 })
  const server = await relayServer({
    ...{ url: database.url, guard, usage },
    budgets: { identity: { rows: 1_000_000, per: 'day' } },
  })
  const client = await WireClient.login(server.port)
  return {
    ...{ client, usage, failures },
    /** How the store takes what it is given, from now on; what it holds up it takes likewise. */
    store: (now: 'answers' | 'fails') => {
      mode = now
      for (const { done, failed } of puts.splice(0)) {
        if (now === 'answers') done()
        else failed(new Error('the disk is full'))
      }
    },
    [Symbol.asyncDispose]: async () => {
      client.socket.destroy()
      await server[Symbol.asyncDispose]()
    },
  }
}

const until = (come: () => boolean) => vi.waitUntil(come, { timeout: 60_000, interval: 5 })

// Some 20 MB: more than lies in sockets and in what a stream reads ahead.
const rows = 100_000
const long = send.query(`SELECT i, repeat('x', 200) FROM generate_series(1, ${rows}) i`)

test('the server waits while the store does not note what left, and nothing is lost', async () => {
  await using it = await stage()
  const answer = it.client.ask(long)
  const person = it.usage.person('ada')
  await until(() => person.lease.waits)
  const { rows: left } = person.used('hour')
  expect(left).toBeGreaterThan(1000)
  expect(left).toBeLessThan(10_000)
  it.store('answers')
  const messages = await answer
  expect(rowsIn(messages)).toHaveLength(rows)
  expect(errorsIn(messages)).toEqual([])
})

test('where the store fails, the statement ends with the reason, and the session goes on once it is well again', async () => {
  await using it = await stage()
  const answer = it.client.ask(long)
  it.store('fails')
  const messages = await answer
  expect(errorsIn(messages)).toMatchObject([
    { S: 'ERROR', C: '58030', M: expect.stringMatching(/^hoop: what leaves can’t be counted/) as string },
  ])
  expect(rowsIn(messages).length).toBeLessThan(10_000)
  expect(errorsIn(await it.client.ask(send.query('SELECT 1')))).toMatchObject([{ C: '58030' }])
  expect(types(await it.client.ask(send.query('BEGIN; ROLLBACK')))).toBe('CCZ')
  expect(it.failures).toHaveLength(1)
  it.store('answers')
  await vi.waitUntil(async () => errorsIn(await it.client.ask(send.query('SELECT 1'))).length === 0, {
    timeout: 60_000,
    interval: 5,
  })
})
