import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { openStore } from '../../src/store/open.js'
import { takeStore, type Tenancy, type TenancyOptions } from '../../src/store/postgres/tenancy.js'
import { freshDatabase } from '../helpers/database.js'
import { serverAt } from './kinds.js'

const quick = { every: 50, lease: 60_000, end: 60_000, gone: 600 }

const stage = async () => {
  await using stack = new AsyncDisposableStack()
  const database = stack.use(await freshDatabase())
  const server = serverAt(database.url)
  await (await openStore(server))[Symbol.asyncDispose]()
  const admin = await database.client()
  const taken: Tenancy[] = []
  const owned = stack.move()
  return {
    server,
    admin,
    take: async (options: Partial<TenancyOptions> = {}) => {
      const tenancy = await takeStore(server, { place: 'here', times: quick, ...options })
      taken.push(tenancy)
      await tenancy.enter()
      return tenancy
    },
    /** Whether anybody gets in. */
    gate: async (open: boolean) => {
      const outside = new Client({ connectionString: inject('databaseUrl') })
      await outside.connect()
      await outside.query(`alter database ${database.name} allow_connections ${open}`)
      await outside.end()
    },
    /** Ends its connections, as a server that is restarted does. */
    cut: () =>
      admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'hoop:store' and datname = current_database()`),
    [Symbol.asyncDispose]: async () => {
      for (const one of taken) await one[Symbol.asyncDispose]()
      await owned.disposeAsync()
    },
  }
}

const holds = (tenancy: Tenancy): boolean => {
  try {
    tenancy.assert()
    return true
  } catch {
    return false
  }
}

test('a second gateway is refused while the first has the store, and gets it at once when that one has ended', async () => {
  await using it = await stage()
  const first = await it.take()
  await expect(it.take({ place: 'there' })).rejects.toMatchObject({ code: 'GATEWAY_RUNNING' })
  first.assert()
  await first[Symbol.asyncDispose]()
  let waited = 0
  const second = await it.take({ place: 'there', waits: () => waited++ })
  second.assert()
  expect(waited).toBe(0)
})

test('a connection that breaks is made again, and nothing is lost where nobody came meanwhile', async () => {
  await using it = await stage()
  const first = await it.take()
  let lost = false
  void first.lost.then(() => (lost = true))
  for (let times = 0; times < 3; times++) {
    await it.cut()
    await expect.poll(() => holds(first), { timeout: 20_000 }).toBe(true)
  }
  expect(lost).toBe(false)
  await expect(it.take({ place: 'there' })).rejects.toMatchObject({ code: 'GATEWAY_RUNNING' })
})

test('one that said no goodbye is waited for, unless it was at the same place', async () => {
  await using it = await stage()
  const crashed = (place: string) =>
    it.admin.query(
      `insert into hoop.gateways values ($1, $1, 0, (extract(epoch from clock_timestamp()) * 1000)::int8, null)`,
      [place],
    )
  const waits: number[] = []
  await crashed('here')
  await (await it.take({ waits: (ms) => waits.push(ms) }))[Symbol.asyncDispose]()
  expect(waits).toEqual([])
  await crashed('there')
  await it.take({ waits: (ms) => waits.push(ms) })
  expect(waits.length).toBeGreaterThan(0)
  expect(Math.max(...waits)).toBeLessThanOrEqual(quick.gone)
})

test('who finds that another has had the store since has lost it, and says so for good', async () => {
  await using it = await stage()
  const first = await it.take()
  await it.admin.query('update hoop.gateways set ended_at = 1')
  expect(await first.lost).toMatchObject({
    code: 'STORE_FAILED',
    about: expect.stringMatching(/has taken it$/) as string,
  })
  expect(() => first.assert()).toThrow(/has taken it/)
})

test('who can’t reach the store begins nothing, and has lost it after a while', async () => {
  await using it = await stage()
  const first = await it.take({ times: { ...quick, end: 300 } })
  // Nobody gets in, as through a network that is cut.
  await it.gate(false)
  await it.cut()
  await expect.poll(() => holds(first), { timeout: 20_000 }).toBe(false)
  expect(await first.lost).toMatchObject({
    about: expect.stringMatching(/could not be reached for too long$/) as string,
  })
  await it.gate(true)
})
