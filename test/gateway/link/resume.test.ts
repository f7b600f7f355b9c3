import type { Socket } from 'node:net'
import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { createRecordingsView } from '../server/start/recordings.js'
import { backends, networkStage } from './network-stage.js'

type At = Awaited<ReturnType<typeof networkStage>>

const losses = (at: At): number => at.it.log.filter(({ msg }) => msg === 'link lost').length
const resumptions = (at: At): number => at.it.log.filter(({ msg }) => msg === 'stream resumed').length

test('a session survives a network that is away: its transaction, its temporary table, and a query that ran meanwhile', async () => {
  await using at = await networkStage({ silence: '2s', resume: '60s' })
  const client = await at.client()
  await client.query('BEGIN')
  await client.query('CREATE TEMP TABLE counted (n int)')
  const meanwhile = client.query<{ n: number }>(
    `INSERT INTO counted SELECT 1 FROM pg_sleep(1) RETURNING n, repeat('x', 100000)`,
  )
  at.network.stall()
  await expect.poll(() => losses(at), { timeout: 30_000 }).toBe(1)
  at.network.mend()
  expect((await meanwhile).rows).toHaveLength(1)
  const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM counted')
  expect(rows).toEqual([{ n: '1' }])
  await client.query('COMMIT')
  expect(resumptions(at)).toBeGreaterThan(0)
  await client.end()
  const recordings = createRecordingsView(at.it.folder.file('recordings'))
  await expect.poll(() => recordings.ends(), { timeout: 20_000 }).toEqual(['closed'])
})

test('rows and data come whole and once, however often the network is cut', async () => {
  await using at = await networkStage({ silence: '5s', resume: '60s' })
  const client = await at.client()
  await client.query('CREATE TEMP TABLE taken (n int, filler text)')
  let over = false
  const cutting = (async () => {
    for (let cuts = 1; !over && cuts < 6; cuts++) {
      at.network.cut()
      await expect.poll(() => over || resumptions(at) >= cuts, { timeout: 30_000 }).toBe(true)
    }
  })()
  for (let i = 0; i < 8; i++) {
    const { rows } = await client.query<{ n: number; filler: string }>(
      `SELECT n, repeat(chr(97 + n % 26), 1000) AS filler FROM generate_series(1, 5000) n`,
    )
    expect(rows).toHaveLength(5000)
    expect(
      rows.every(({ n, filler }, at) => n === at + 1 && filler === String.fromCharCode(97 + (n % 26)).repeat(1000)),
    ).toBe(true)
    await client.query('INSERT INTO taken VALUES ($1, $2)', [i, 'x'.repeat(2_000_000)])
  }
  over = true
  await cutting
  const { rows } = await client.query('SELECT count(*)::int AS n, sum(length(filler))::int AS bytes FROM taken')
  expect(rows).toEqual([{ n: 8, bytes: 16_000_000 }])
  await client.end()
})

test('after the time that the policy gives the session ends on both sides, and what ran is cancelled', async () => {
  await using at = await networkStage({ silence: '1s', resume: '2s' })
  const admin = new Client({ connectionString: inject('databaseUrl') })
  await admin.connect()
  const client = await at.client()
  const sleeping = client.query('SELECT pg_sleep(600) /* resume, too late */').catch((error: unknown) => error)
  await expect.poll(() => backends(admin, 'resume, too late'), { timeout: 30_000 }).toBe(1)
  at.network.stall()
  expect(await sleeping).toMatchObject({ severity: 'FATAL', code: '08006' })
  await expect.poll(() => backends(admin, 'resume, too late'), { timeout: 20_000 }).toBe(0)
  const recordings = createRecordingsView(at.it.folder.file('recordings'))
  await expect.poll(() => recordings.ends(), { timeout: 20_000 }).toEqual(['failed'])
  await admin.end()
})

test('a session whose person has lost their access meanwhile does not go on', async () => {
  await using at = await networkStage({ silence: '1s', resume: '60s' })
  const client = await at.client()
  const ended = new Promise((resolve) => client.once('end', resolve))
  at.network.stall()
  await expect.poll(() => losses(at), { timeout: 30_000 }).toBe(1)
  await at.it.folder.edit('groups: [ml-eng]', 'groups: [nobody]')
  await at.it.gateway.reload()
  const recordings = createRecordingsView(at.it.folder.file('recordings'))
  await expect.poll(() => recordings.ends(), { timeout: 20_000 }).toEqual(['killed'])
  at.network.mend()
  await ended
  expect(client.told).toMatchObject({ severity: 'FATAL', code: '08006' })
  expect(resumptions(at)).toBe(0)
})

test('a client that leaves while the network is away does not keep its session: what ran is cancelled with the next link', async () => {
  await using at = await networkStage({ silence: '2s', resume: '10m' })
  const admin = new Client({ connectionString: inject('databaseUrl') })
  await admin.connect()
  const client = await at.client()
  const sleeping = client.query('SELECT pg_sleep(600) /* resume, left */').catch((error: unknown) => error)
  await expect.poll(() => backends(admin, 'resume, left'), { timeout: 30_000 }).toBe(1)
  at.network.stall()
  await expect.poll(() => losses(at), { timeout: 30_000 }).toBe(1)
  ;(client as unknown as { connection: { stream: Socket } }).connection.stream.resetAndDestroy()
  await sleeping
  at.network.mend()
  await expect.poll(() => backends(admin, 'resume, left'), { timeout: 60_000 }).toBe(0)
  await admin.end()
})
