import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { freePort } from '../../helpers/postgres/postgres.js'
import { weakNetwork } from '../../helpers/weak-network.js'
import { createRecordingsView } from '../server/start/recordings.js'
import { started } from '../server/start/started.js'
import { agentOf } from './agent.js'

/** A gateway behind a weak network, and an agent beyond it. */
const stage = async (silence: string) => {
  await using stack = new AsyncDisposableStack()
  const listen = await freePort()
  const network = stack.use(await weakNetwork(() => listen))
  const url = `https://localhost:${network.port}`
  const it = stack.use(
    await started(
      (folder) => folder.edit(/^gateway:\n/m, `gateway:\n  limits: { link: ${silence} }\n`),
      {},
      { url, listen: `127.0.0.1:${listen}` },
    ),
  )
  const agent = stack.use(await agentOf(it, 'mika', url))
  const client = async (): Promise<Client & { told?: Error }> => {
    const own: Client & { told?: Error } = new Client({ connectionString: agent.dsn, user: 'x' })
    own.on('error', (error) => (own.told ??= error))
    await own.connect()
    return own
  }
  const owned = stack.move()
  return { it, agent, network, client, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

const backends = async (admin: Client, marker: string): Promise<number> => {
  const text = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()'
  const { rows } = await admin.query<{ n: number }>(text, [`%${marker}%`])
  return rows[0]!.n
}

test.for(['stall', 'cut'] as const)(
  'where the network %ss both sides end, and say that it was the network',
  async (how) => {
    await using at = await stage('2s')
    const admin = new Client({ connectionString: inject('databaseUrl') })
    await admin.connect()
    const [idle, busy] = [await at.client(), await at.client()]
    const ended = new Promise((resolve) => idle.once('end', resolve))
    const sleeping = busy.query(`SELECT pg_sleep(600) /* network ${how} */`).catch((error: unknown) => error)
    await expect.poll(() => backends(admin, `network ${how}`)).toBe(1)
    at.network[how]()
    const lost = {
      severity: 'FATAL',
      code: '08006',
      message: expect.stringMatching(/^hoop: the network between hoop connect and the gateway was lost: /) as string,
      hint: expect.stringContaining('Connect again') as string,
    }
    expect(await sleeping).toMatchObject(lost)
    await ended
    expect(idle.told).toMatchObject(lost)
    // Nothing runs any more for somebody who can't be told.
    await expect.poll(() => backends(admin, `network ${how}`), { timeout: 20_000 }).toBe(0)
    const recordings = createRecordingsView(at.it.folder.file('recordings'))
    await expect.poll(() => recordings.ends(), { timeout: 20_000 }).toEqual(['failed', 'failed'])
    const reasons = (await recordings.all()).map((events) => events.at(-1))
    for (const end of reasons) expect(end).toMatchObject({ reason: expect.stringContaining('network') as string })
    at.network.mend()
    expect((await (await at.client()).query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await admin.end()
  },
)

test('a link that says nothing for longer than its limit is asked, answers, and stays', async () => {
  await using at = await stage('1s')
  const client = await at.client()
  const { rows } = await client.query<{ slept: string }>('SELECT pg_sleep(4)::text AS slept')
  expect(rows).toHaveLength(1)
  expect(at.network.open).toBeGreaterThan(0)
  expect(client.told).toBeUndefined()
  await client.end()
})

test('an agent that ends says goodbye: its sessions are closed, not lost', async () => {
  await using at = await stage('60s')
  const client = await at.client()
  await client.query('SELECT 1')
  await at.agent[Symbol.asyncDispose]()
  const recordings = createRecordingsView(at.it.folder.file('recordings'))
  await expect.poll(() => recordings.ends(), { timeout: 20_000 }).toEqual(['closed'])
  expect(client.told).toMatchObject({ code: '57P01' })
})
