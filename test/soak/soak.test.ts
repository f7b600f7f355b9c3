import { existsSync, readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verifyRecording } from '../../src/recording/verify.js'
import { freshDatabase } from '../helpers/database.js'
import { startTestGateway } from '../helpers/gateway.js'
import { whole } from '../helpers/suite/whole.js'
import { startWire } from '../faults/wire.js'
import { deeds, open, policy, schema } from './deeds.js'
import { makeFaults } from './faults.js'
import { trendOf } from './flat.js'

/** `npm run soak` sets it. */
const minutes = Number(process.env['HOOP_TEST_SOAK'] ?? 0)
const sessions = minutes > 0 ? 40 : 6
const rounds = minutes > 0 ? Infinity : (whole ? 2 : 1) * Object.keys(deeds).length

/** Resident memory of a process in MB, where the system tells. */
const megabytes = (pid: number): number => {
  const file = `/proc/${pid}/status`
  const [, kB = '0'] = (existsSync(file) ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) : null) ?? []
  return Math.round(Number(kB) / 1024)
}

test(
  `${sessions} sessions that do all that people do get right answers, and leave nothing behind`,
  { timeout: 240_000 + minutes * 90_000 },
  async () => {
    await using database = await freshDatabase()
    const direct = await open({ connectionString: database.url })
    await direct.query(schema)
    const limits = { rates: { tunnels: { per_person: 'off', per_address: 'off' } } }
    await using gateway = await startTestGateway({
      database: database.url,
      policies: { open: policy },
      gateway: { limits },
    })
    await using wire = await startWire()
    await using port = await gateway.connect('casey', 'vectordb', { HTTPS_PROXY: wire.url, https_proxy: wire.url })
    const config = {
      host: port.host,
      port: port.port,
      user: 'casey',
      database: database.url.slice(database.url.lastIndexOf('/') + 1),
    }
    const processes = { gateway: gateway.server.process.pid!, agent: port.process.process.pid! }
    const memory = () => ({ gateway: megabytes(processes.gateway), agent: megabytes(processes.agent) })

    const until = performance.now() + minutes * 60_000
    const done: Record<string, number> = {}
    const work = async (first: number): Promise<void> => {
      const client = await open(config)
      const names = Object.keys(deeds)
      for (let round = 0; round < rounds && (minutes === 0 || performance.now() < until); round++) {
        const name = names[minutes === 0 ? (first + round) % names.length : Math.floor(Math.random() * names.length)]!
        await deeds[name]!(client, config).catch((error: unknown) => {
          throw new Error(`somebody who ${name}`, { cause: error })
        })
        done[name] = (done[name] ?? 0) + 1
      }
      await client.end()
    }
    const samples: ReturnType<typeof memory>[] = []
    let over = false
    const faulty = makeFaults(
      { gateway, port, wire, lasts: minutes > 0 ? 1_000 : 100 },
      minutes > 0 ? 10_000 : 1_500,
      () => over,
    )
    const working = Promise.all(Array.from({ length: sessions }, (_, i) => work(i)))
    void working.catch(() => undefined).finally(() => (over = true))
    while (!over) {
      await sleep(minutes > 0 ? 1_000 : 100)
      samples.push(memory())
    }
    const made = await faulty
    await working

    const left = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name LIKE 'hoop:%'`
    const backends = async () => (await direct.query<{ n: number }>(left)).rows[0]!.n
    const live = async () => {
      const { stdout } = await gateway.hoop('ines', ['sessions', 'list', '--live', '--json'])
      return (JSON.parse(stdout) as { sessions: unknown[] }).sessions.length
    }
    // Who left while the network was away is kept until their agent has said so, or their time is over.
    await expect.poll(backends, { timeout: 100_000 }).toBeLessThanOrEqual(1)
    await expect.poll(live, { timeout: 100_000 }).toBe(0)
    expect((await direct.query(`SELECT FROM notes WHERE body = 'never'`)).rowCount).toBe(0)
    expect((await direct.query('SELECT FROM customers')).rowCount).toBe(1000)
    await direct.end()

    const { stderr } = await gateway.end()
    expect(stderr).not.toContain('on garbage collection')
    let recordings = 0
    for await (const file of glob(join(gateway.folder, 'recordings', '**', '*.hooprec'))) {
      expect((await verifyRecording(file)).end, file).toBeDefined()
      recordings++
    }
    expect(recordings).toBeGreaterThan(sessions)
    if (minutes === 0) return
    const trends = {
      gateway: trendOf(samples.map((each) => each.gateway)),
      agent: trendOf(samples.map((each) => each.agent)),
    }
    console.log({ done, made, recordings, memory: samples.filter((_, i) => i % 30 === 0) })
    for (const [name, { third, fourth, most, flat }] of Object.entries(trends))
      console.log(
        `${name}: ${flat ? 'flat' : 'NOT flat'} in the second half: ${third} MB, then ${fourth} MB; at most ${most} MB`,
      )
    for (const [name, trend] of Object.entries(trends)) expect(trend, name).toMatchObject({ flat: true })
  },
)
