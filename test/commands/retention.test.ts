import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Erased } from '../../src/lib/api/erasures.js'
import type { Hold } from '../../src/lib/api/holds.js'
import type { SessionSummary } from '../../src/lib/api.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'

let database: FreshDatabase
let gateway: TestGateway
beforeAll(async () => {
  database = await freshDatabase()
  gateway = await startTestGateway({ database: database.url, gateway: { retention: { age: '30d', size: '10GB' } } })
  for (const account of ['casey', 'mika']) {
    await using port = await gateway.connect(account)
    const client = new Client({ host: port.host, port: port.port, user: 'x' })
    await client.connect()
    await client.query(`SELECT 'sent by ${account}'`)
    await client.end()
  }
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const json = async <T>(account: string, ...args: string[]): Promise<T> => {
  const { stdout, stderr, status } = await gateway.hoop(account, [...args, '--json'])
  if (status !== 0) throw new Error(stderr + stdout)
  return JSON.parse(stdout) as T
}
const sessions = async () => (await json<{ sessions: SessionSummary[] }>('ines', 'sessions', 'list')).sessions
const recordings = () => {
  const folder = join(gateway.folder, 'recordings')
  const days = readdirSync(folder).filter((name) => /^\d{4}-/.test(name))
  return days.flatMap((day) => readdirSync(join(folder, day))).length
}

test('held, released, erased, verified; and made again where the store is lost', async () => {
  await expect.poll(async () => (await sessions()).filter(({ endedAt }) => endedAt).length, { timeout: 60_000 }).toBe(2)
  const reason = ['--reason', 'case 17']
  const person = ['--person', 'casey@contractor.example']
  const placed = await gateway.hoop('ines', ['audit', 'hold', 'add', ...person, ...reason])
  expect([placed.status, placed.stdout]).toEqual([
    0,
    expect.stringMatching(/^\w+: on hold is casey@contractor\.example: 1 session by now\.\n$/),
  ])
  const erase = ['audit', 'erase', ...person, ...reason]
  expect((await gateway.hoop('ines', [...erase, '--yes'])).status).toBe(77)
  expect(await json<Erased>('olu', ...erase, '--dry-run')).toMatchObject({ sessions: 0, held: 1 })
  const [hold] = (await json<{ holds: Hold[] }>('ines', 'audit', 'hold', 'list')).holds
  expect((await gateway.hoop('ines', ['audit', 'hold', 'release', hold!.id.slice(0, 12), ...reason])).status).toBe(0)
  // Nobody can be asked here.
  expect((await gateway.hoop('olu', erase)).status).toBe(64)
  expect(recordings()).toBe(2)
  const erased = await gateway.hoop('olu', [...erase, '--yes'])
  expect(erased.stdout).toMatch(/^Erased: 1 session of casey@contractor\.example, act \d+\.\n$/)
  expect(recordings()).toBe(1)

  const gone = (await sessions()).find(({ removed }) => removed)!
  expect(gone).toMatchObject({ subject: 'erased', name: 'erased', removed: { how: 'erased' } })
  const replayed = await gateway.hoop('ines', ['sessions', 'replay', gone.id])
  expect([replayed.status, replayed.stderr]).toEqual([69, expect.stringContaining('gone as it should be')])
  const found = await gateway.hoop('ines', ['sessions', 'statements', '--since', '1d'])
  expect(found.stdout).toContain('sent by mika')
  expect(found.stdout).not.toContain('sent by casey')

  const verified = await gateway.hoop('ines', ['audit', 'verify'])
  expect([verified.status, verified.stdout]).toEqual([0, expect.stringContaining('Nothing was altered')])
  expect(verified.stdout).toContain('by olu@acme.example: case 17')
  expect(verified.stderr).toContain('1 recording erased')

  await gateway.end()
  for (const suffix of ['', '-wal', '-shm', '.statements'])
    await rm(join(gateway.folder, `hoop.db${suffix}`), { force: true })
  const recovered = await gateway.hoop('olu', ['gateway', 'recover', '--config', gateway.configFile])
  expect([recovered.status, recovered.stdout]).toEqual([
    0,
    expect.stringContaining('1 session rebuilt from recordings, 0 from the ledger alone.'),
  ])
  expect(recovered.stderr).toContain('service tokens')
  expect(existsSync(join(gateway.folder, 'hoop.db'))).toBe(true)
  await gateway.restart()
  expect((await sessions()).map(({ name }) => name)).toEqual(['mika@acme.example'])
  expect((await gateway.hoop('ines', ['sessions', 'statements', '--since', '1d'])).stdout).toContain('sent by mika')
})
