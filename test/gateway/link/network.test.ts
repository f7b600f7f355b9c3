import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { backends, networkStage } from './network-stage.js'
import { createRecordingsView } from '../server/start/recordings.js'

test.for(['stall', 'cut'] as const)(
  'where the network %ss both sides end, and say that it was the network',
  async (how) => {
    await using at = await networkStage({ silence: '2s', resume: '0' })
    const admin = new Client({ connectionString: inject('databaseUrl') })
    await admin.connect()
    const [idle, busy] = [await at.client(), await at.client()]
    const ended = new Promise((resolve) => idle.once('end', resolve))
    const sleeping = busy.query(`SELECT pg_sleep(600) /* network ${how} */`).catch((error: unknown) => error)
    await expect.poll(() => backends(admin, `network ${how}`), { timeout: 30_000 }).toBe(1)
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
  await using at = await networkStage({ silence: '1s', resume: '0' })
  const client = await at.client()
  const { rows } = await client.query<{ slept: string }>('SELECT pg_sleep(4)::text AS slept')
  expect(rows).toHaveLength(1)
  expect(at.network.open).toBeGreaterThan(0)
  expect(client.told).toBeUndefined()
  await client.end()
})

test('an agent that ends says goodbye: its sessions are closed, not lost', async () => {
  await using at = await networkStage({ silence: '60s', resume: '60s' })
  const client = await at.client()
  await client.query('SELECT 1')
  await at.agent[Symbol.asyncDispose]()
  const recordings = createRecordingsView(at.it.folder.file('recordings'))
  await expect.poll(() => recordings.ends(), { timeout: 20_000 }).toEqual(['closed'])
  expect(client.told).toMatchObject({ code: '57P01' })
})
