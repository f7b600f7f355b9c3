import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionSummary } from '../../src/lib/api.js'
import { startHoop } from '../helpers/command/hoop.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway } from '../helpers/gateway.js'
import { idToken } from '../helpers/login.js'

let database: FreshDatabase
let gateway: TestGateway

beforeAll(async () => {
  database = await freshDatabase()
  await (await database.client()).query('CREATE TABLE notes (id int)')
  gateway = await startTestGateway({ database: database.url })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** COPY of a standard input that stays open. */
const copy = async (...args: string[]) => {
  const env = { HOOP_TOKEN: await idToken(gateway.idp, 'casey'), HOOP_GATEWAY: gateway.url, HOOP_CA: gateway.caFile }
  return startHoop(['exec', 'vectordb', 'COPY notes FROM STDIN', ...args], {
    home: gateway.home('casey'),
    cwd: gateway.folder,
    env,
  })
}

const inCopy = async (): Promise<number> => {
  const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE 'COPY notes%'`
  return (await (await database.client()).query(sql)).rowCount ?? 0
}

test('--timeout is heeded while stdin stays open: 75', async () => {
  await using running = await copy('--timeout', '2s')
  expect(await running.ended).toMatchObject({ status: 75, stderr: expect.stringContaining('2s have passed') as string })
})

test('Ctrl-C is heeded while stdin stays open, and what was sent is taken back: 130', async () => {
  await using running = await copy()
  running.process.stdin.write('1\n')
  await expect.poll(inCopy, { timeout: 20_000 }).toBe(1)
  running.process.kill('SIGINT')
  expect(await running.ended).toMatchObject({ status: 130 })
  await expect.poll(inCopy, { timeout: 20_000 }).toBe(0)
  expect((await (await database.client()).query('SELECT FROM notes')).rowCount).toBe(0)
})

test('a row that the server refuses ends it while more come: 1', async () => {
  await using running = await copy()
  running.process.stdin.write('no number\n')
  const more = (): void => void running.process.stdin.write('1\n'.repeat(100_000), (error) => error ?? more())
  more()
  const { status, stderr } = await running.ended
  expect([status, stderr]).toEqual([1, expect.stringContaining('invalid input syntax for type integer')])
})

test('a session that is killed ends it while stdin stays open: 77', async () => {
  await using running = await copy()
  await expect.poll(inCopy, { timeout: 20_000 }).toBe(1)
  const { stdout } = await gateway.hoop('olu', ['sessions', 'list', '--live', '--json'])
  const [live] = (JSON.parse(stdout) as { sessions: SessionSummary[] }).sessions
  await gateway.hoop('olu', ['sessions', 'kill', live!.id, '-r', 'enough'])
  const { status, stderr } = await running.ended
  expect([status, stderr]).toEqual([77, expect.stringContaining('the session was ended: enough')])
})
