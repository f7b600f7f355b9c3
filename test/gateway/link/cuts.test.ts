import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Client } from 'pg'
import { from } from 'pg-copy-streams'
import { expect, inject, test } from 'vitest'
import { createRecordingsView } from '../server/start/recordings.js'
import { networkStage } from './network-stage.js'

/** `npm run cuts` sets it. */
const wanted = Number(process.env['HOOP_TEST_CUTS'] ?? 0)
const cuts = wanted || 12
const people = 6

/** Links live for up to so many milliseconds, after the first byte of each. */
const LIFE = 120

/** No campaign takes longer, however slow the machine is. Milliseconds. */
const BOUND = 20 * 60_000

/** What this process has, with the gateway and the agent in it. */
const left = () => {
  if (wanted) {
    setFlagsFromString('--expose-gc')
    ;(runInNewContext('gc') as () => void)()
  }
  return { heap: process.memoryUsage().heapUsed, descriptors: readdirSync('/proc/self/fd').length }
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
const line = (n: number): string => `${n} ${md5(String(n)).repeat(8)}`

interface Worker {
  readonly who: number
  /** What the server has confirmed. */
  acknowledged: number
}

type Deed = (client: Client, worker: Worker) => Promise<void>

/** Each counts what ran, or holds digests of one side against those of the other. */
const deeds: readonly Deed[] = [
  async (client, worker) => {
    await client.query('INSERT INTO ran VALUES ($1, $2)', [worker.who, worker.acknowledged])
    worker.acknowledged++
  },
  async (client, worker) => {
    await client.query('BEGIN')
    await client.query(`INSERT INTO ran VALUES (${worker.who}, ${worker.acknowledged})`)
    const { rows } = await client.query('SELECT count(*)::int AS n FROM ran WHERE who = $1', [worker.who])
    expect(rows).toEqual([{ n: worker.acknowledged + 1 }])
    await client.query('COMMIT')
    worker.acknowledged++
  },
  async (client) => {
    const most = 1 + Math.floor(Math.random() * 3_000)
    const text = `SELECT n || ' ' || repeat(md5(n::text), 8) AS line FROM generate_series(1, ${most}) n`
    const { rows } = await client.query<{ line: string }>(text)
    const expected = Array.from({ length: most }, (_, at) => line(at + 1)).join('\n')
    expect(md5(rows.map((row) => row.line).join('\n'))).toBe(md5(expected))
  },
  async (client) => {
    const value = md5(String(Math.random())).repeat(1 + Math.floor(Math.random() * 30_000))
    const { rows } = await client.query<{ digest: string }>('SELECT md5($1) AS digest', [value])
    expect(rows[0]!.digest).toBe(md5(value))
  },
  async (client) => {
    await client.query('TRUNCATE copied')
    const lines = Array.from({ length: 2_000 }, (_, at) => line(at))
    const stream = client.query(from('COPY copied FROM STDIN'))
    const ended = new Promise((resolve, reject) => stream.on('finish', resolve).on('error', reject))
    for (const each of lines) stream.write(`${each}\n`)
    stream.end()
    await ended
    const { rows } = await client.query<{ digest: string }>(
      `SELECT md5(string_agg(line, E'\n' ORDER BY split_part(line, ' ', 1)::int)) AS digest FROM copied`,
    )
    expect(rows[0]!.digest).toBe(md5(lines.join('\n')))
  },
]

test(
  `${cuts} links that are cut at random moments: each statement runs once, each byte comes once, and nothing is left behind`,
  { timeout: BOUND + 120_000 },
  async () => {
    const admin = new Client({ connectionString: inject('databaseUrl') })
    await admin.connect()
    const schema = `cuts_${md5(String(Math.random())).slice(0, 8)}`
    await admin.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.ran (who int, n int)`)
    await using at = await networkStage({ silence: '10s', resume: '120s' })
    const until = performance.now() + BOUND
    let made = 0
    const over = (): boolean => made >= cuts || performance.now() > until
    const workers = Array.from({ length: people }, (_, who): Worker => ({ who, acknowledged: 0 }))
    const clients = await Promise.all(
      workers.map(async () => {
        const client = await at.client()
        await client.query(`SET search_path = ${schema}; CREATE TEMP TABLE copied (line text)`)
        return client
      }),
    )
    const work = async (worker: Worker, client: Client): Promise<void> => {
      while (!over()) await deeds[Math.floor(Math.random() * deeds.length)]!(client, worker)
      // Everybody has done everything, however few the cuts were.
      for (const deed of deeds) await deed(client, worker)
    }
    const asked = clients.map((client) => client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))
    const pids = (await Promise.all(asked)).map(({ rows }) => rows[0]!.pid)
    const working = Promise.all(workers.map((worker, at) => work(worker, clients[at]!)))
    let failed = false
    working.catch(() => (failed = true))
    const cutting = async (): Promise<void> => {
      while (!over() && !failed) {
        while (at.network.open === 0 && !failed) await sleep(2)
        await sleep(Math.random() * LIFE)
        if (at.network.open === 0) continue
        at.network.cut()
        made++
        if (made === Math.ceil(cuts / 3)) early = left()
      }
    }
    let early = left()
    await Promise.all([working, cutting()])
    expect(made, 'as many as there was time for').toBe(cuts)
    const late = left()

    for (const { who, acknowledged } of workers) {
      const { rows } = await admin.query(
        `SELECT count(*)::int AS n, count(DISTINCT n)::int AS once FROM ${schema}.ran WHERE who = $1`,
        [who],
      )
      expect(rows, `what ran of ${who}`).toEqual([{ n: acknowledged, once: acknowledged }])
    }
    await Promise.all(clients.map((client) => client.end()))
    const recordings = createRecordingsView(at.it.folder.file('recordings'))
    await expect.poll(() => recordings.ends(), { timeout: 20_000 }).toEqual(clients.map(() => 'closed'))
    const sessions = `SELECT FROM pg_stat_activity WHERE pid = ANY ($1)`
    await expect.poll(async () => (await admin.query(sessions, [pids])).rowCount, { timeout: 20_000 }).toBe(0)
    await admin.query(`DROP SCHEMA ${schema} CASCADE`)
    await admin.end()

    // One link to the gateway, and what it takes; links that were cut are gone.
    await expect.poll(() => at.network.open, { timeout: 20_000 }).toBeLessThanOrEqual(1)
    expect(at.it.log.filter(({ msg }) => msg === 'link lost').length).toBeGreaterThan(0)
    // Other tests may have the rest of the process.
    if (!wanted) return
    await expect.poll(() => left().descriptors, { timeout: 20_000 }).toBeLessThanOrEqual(early.descriptors)
    const resumed = at.it.log.filter(({ msg }) => msg === 'stream resumed').length
    console.log({ made, resumed, ran: workers.map(({ acknowledged }) => acknowledged), early, late })
    expect(late.heap).toBeLessThan(early.heap + 30e6)
  },
)
