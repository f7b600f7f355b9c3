import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { ServiceTokenMade } from '../../src/lib/api/service-tokens.js'
import { hoop } from '../helpers/command/hoop.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../helpers/gateway.js'

// Dozens of commands.
vi.setConfig({ testTimeout: 240_000 })

let database: FreshDatabase
let store: FreshDatabase
let gateway: TestGateway
let options: TestGatewayOptions
let password: string

beforeAll(async () => {
  ;[database, store] = await Promise.all([freshDatabase(), freshDatabase()])
  const admin = await database.client()
  await admin.query('create table notes (id int); insert into notes values (1), (2)')
  const url = new URL(store.url)
  password = decodeURIComponent(url.password)
  url.password = ''
  const approvers = { groups: ['security', 'contractors'] }
  const rules = [{ name: 'purge', when: { statement: ['delete'] }, do: 'approve', approvers, expires: '10m' }]
  const budgets = { identity: { rows: 100_000, per: 'day' } }
  options = {
    database: database.url,
    gateway: { store: url.href, store_password: 'env:STORE_PASSWORD' },
    identity: { tokens: { longest: '30d', per_person: 20 } },
    policies: { open: { rules, budgets } },
    env: { STORE_PASSWORD: password },
  }
  gateway = await startTestGateway(options)
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  for (const each of [database, store]) await each[Symbol.asyncDispose]()
})

const json = async <T>(account: string, ...args: string[]): Promise<T> =>
  JSON.parse((await gateway.hoop(account, [...args, '--json'])).stdout) as T

interface Listed {
  readonly sessions: readonly { readonly id: string; readonly subject: string; readonly end?: string }[]
}

test('a login, a session with its budget, an approval, a kill and a service token work, and are in the store', async () => {
  expect(await gateway.login('mika')).toMatchObject({ status: 0 })
  const read = await gateway.hoop('mika', ['exec', 'vectordb', 'select id from notes order by id', '--format', 'csv'])
  expect([read.status, read.stdout]).toEqual([0, 'id\n1\n2\n'])

  const held = gateway.hoop('casey', ['exec', 'vectordb', 'delete from notes where id = 2', '--wait'])
  const waiting = async () =>
    (await json<{ approvals: { id: string }[] }>('ines', 'approvals', 'list')).approvals[0]?.id
  await expect.poll(waiting, { timeout: 60_000 }).toBeTruthy()
  expect(await gateway.hoop('ines', ['approvals', 'approve', (await waiting())!, '--reason', 'seen'])).toMatchObject({
    status: 0,
  })
  expect(await held).toMatchObject({ status: 0 })

  const port = await gateway.connect('casey')
  const client = new Client({ connectionString: port.dsn })
  const ended = new Promise<Error & { code?: string }>((resolve) => client.on('error', resolve))
  await client.connect()
  await client.query('select 1')
  const { sessions } = await json<Listed>('olu', 'sessions', 'list', '--live')
  const { id } = sessions.find(({ subject }) => subject === 'casey')!
  expect(await gateway.hoop('olu', ['sessions', 'kill', id, '--reason', 'it blocks us'])).toMatchObject({ status: 0 })
  expect(await ended).toMatchObject({ code: '57P01', message: 'hoop: the session was ended: it blocks us' })
  await port[Symbol.asyncDispose]()

  const { secret: token } = await json<ServiceTokenMade>(
    'casey',
    'tokens',
    'create',
    'nightly',
    '-c',
    'vectordb',
    '--ttl',
    '1d',
  )
  const job = () =>
    hoop(['exec', 'vectordb', 'select 42 as answer', '--format', 'csv'], {
      home: gateway.home('job'),
      cwd: gateway.folder,
      env: { HOOP_TOKEN: token, HOOP_GATEWAY: gateway.url, HOOP_CA: gateway.caFile },
    })
  expect(await job()).toMatchObject({ status: 0, stdout: 'answer\n42\n' })
  await gateway.hoop('olu', ['people', 'revoke', 'casey@contractor.example', '--reason', 'left'])
  expect(await job()).toMatchObject({ status: 77 })

  const rows = await (
    await store.client()
  ).query<{ sessions: string; votes: string; revoked: string; used: string }>(`select
      (select count(*) from hoop.sessions) sessions, (select count(*) from hoop.approval_votes) votes,
      (select count(*) from hoop.revocations) revoked, (select sum(rows) from hoop.usage) used`)
  expect(rows.rows).toEqual([
    { sessions: '4', votes: '1', revoked: '1', used: expect.stringMatching(/^\d+$/) as string },
  ])
})

test('a second gateway on the store is refused, and says so without the password', async () => {
  const error = await startTestGateway({ ...options, idp: gateway.idp, ready: '/livez' }).then(
    async (second) => {
      await second[Symbol.asyncDispose]()
      return new Error('it started')
    },
    (thrown: unknown) => thrown as Error,
  )
  expect(error.message).toContain('another gateway is running on these recordings or this store')
  expect(error.message).not.toContain(password)
})

test('check and verify know the store, while the gateway runs', async () => {
  const run = (...args: string[]) =>
    hoop([...args, '--config', gateway.configFile], { home: gateway.folder, env: { STORE_PASSWORD: password } })
  const checked = await run('gateway', 'check')
  expect(checked.stdout).toMatch(/store +postgres:\/\/postgres@127\.0\.0\.1:\d+\/test_\w+ can be read and written/)
  expect(await run('audit', 'verify')).toMatchObject({ status: 0 })
  expect(checked.stdout + checked.stderr + gateway.server.stderr + gateway.server.stdout).not.toContain(password)
})

test('a connection of its own that the server ends hurts nobody, and one that is killed goes on where it was', async () => {
  const admin = await store.client()
  const port = await gateway.connect('mika')
  const client = new Client({ connectionString: port.dsn })
  client.on('error', () => undefined)
  await client.connect()
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'hoop:store' and datname = current_database()`)
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  const again = () => gateway.hoop('mika', ['exec', 'vectordb', 'select 7 as seven', '--format', 'csv'])
  await expect.poll(async () => (await again()).stdout, { timeout: 60_000 }).toBe('seven\n7\n')

  await gateway.end('SIGKILL')
  await port[Symbol.asyncDispose]()
  await client.end().catch(() => undefined)
  const recovered = await hoop(['gateway', 'recover', '--config', gateway.configFile], {
    home: gateway.folder,
    env: { STORE_PASSWORD: password },
  })
  expect(recovered).toMatchObject({ status: 0 })
  await gateway.restart()
  const { sessions } = await json<Listed>('olu', 'sessions', 'list')
  expect(sessions.filter(({ end }) => end === undefined)).toEqual([])
  expect(sessions.some(({ end }) => end === 'aborted')).toBe(true)
  expect(await again()).toMatchObject({ status: 0 })
  expect(await gateway.hoop('casey', ['exec', 'vectordb', 'select 1'])).toMatchObject({ status: 77 })
})

test('without the secret it does not start, and names it', async () => {
  const { status, stderr } = await hoop(['gateway', 'start', '--config', gateway.configFile], { home: gateway.folder })
  expect([status, stderr]).toEqual([78, expect.stringMatching(/STORE_PASSWORD is not set/)])
})
