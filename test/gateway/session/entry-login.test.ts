import { Client } from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openExplainer, loadFor } from '../../../src/operator/explain/explainer.js'
import { checkGateway } from '../../../src/operator/check/check.js'
import type { ConnectionInfo, QuarantinedConnection, SessionSummary } from '../../../src/lib/api.js'
import { policyOverview } from '../../../src/policy/overview.js'
import { freshDatabase } from '../../helpers/database.js'
import { type Person, person } from '../server/start/person.js'
import { connectionTo, entered, left, stage, type Stage, urlOf } from '../quarantine/stage.js'

const stack = new AsyncDisposableStack()
const suffix = Math.random().toString(36).slice(2, 8)
const [common, outside, officer] = ['common', 'Outside', 'officer'].map((name) => `${name}_${suffix}`) as [
  string,
  string,
  string,
]
const patient = { timeout: 20_000 }
let database: Awaited<ReturnType<typeof freshDatabase>>
let on: Stage
let [casey, mika, dora]: Person[] = []

const asSuperuser = async (...statements: string[]) => {
  const client = new Client({ connectionString: inject('databaseUrl') })
  await client.connect()
  for (const sql of statements) await client.query(sql)
  await client.end()
}

const objects = [
  'CREATE SCHEMA tenant',
  'CREATE TABLE documents (id int, body text)',
  'CREATE TABLE tenant.documents (id int, body text)',
  "INSERT INTO documents VALUES (1, 'shared')",
  "INSERT INTO tenant.documents VALUES (2, 'tenant''s')",
  `GRANT USAGE ON SCHEMA tenant TO "${outside}"`,
  `GRANT SELECT ON tenant.documents TO "${outside}"`,
  `GRANT SELECT ON documents TO ${common}`,
  `ALTER ROLE "${outside}" SET search_path = tenant, public`,
  `ALTER ROLE "${outside}" SET statement_timeout = '9s'`,
]

const sections = (login: string) => ({
  connections: {
    db: connectionTo(
      urlOf(database.name).replace('connect_timeout=1', 'connect_timeout=20').replace('postgres@', `${common}@`),
      'masked',
      {
        password: 'env:COMMON_PASSWORD',
        access: [
          { groups: ['contractors'], policy: 'masked', login: { user: login, password: 'env:OUTSIDE_PASSWORD' } },
          { groups: ['dpo'], policy: 'masked', login: { user: officer, password: 'env:OFFICER_PASSWORD' } },
          { groups: ['ml-eng'], policy: 'masked' },
        ],
      },
    ),
  },
  policies: { masked: { masks: [{ columns: ['public.documents.body', 'tenant.documents.body'], with: 'redact' }] } },
})

beforeAll(async () => {
  await asSuperuser(...[common, outside, officer].map((role) => `CREATE ROLE "${role}" LOGIN PASSWORD 'secret'`))
  stack.defer(() => asSuperuser(...[common, outside, officer].map((role) => `DROP ROLE IF EXISTS "${role}"`)))
  database = stack.use(await freshDatabase())
  const owner = await database.client()
  for (const sql of objects) await owner.query(sql)
  // Of the officer's login the secret is missing.
  const secrets = { COMMON_PASSWORD: 'secret', OUTSIDE_PASSWORD: 'secret' }
  on = stack.use(await stage(sections(outside), undefined, secrets))
  const reach = { url: on.it.gateway.url, caFile: on.it.caFile }
  const known = (account: string) => person(on.it.idp, account, reach, 'db')
  casey = stack.use(await known('casey'))
  mika = stack.use(await known('mika'))
  dora = stack.use(await known('dora'))
}, 120_000)

afterAll(() => stack.disposeAsync())

const ways = ['simple', 'extended', 'prepared'] as const
let names = 0

const ask = async (client: Client, way: (typeof ways)[number], text: string) => {
  if (way === 'simple') return (await client.query<Record<string, unknown>>(text)).rows
  if (way === 'prepared') return (await client.query<Record<string, unknown>>({ text, name: `n${names++}` })).rows
  const query = { text, queryMode: 'extended' } as { text: string }
  return (await client.query<Record<string, unknown>>(query)).rows
}

test('people of an entry with a login of its own are another role to the server, others the connection’s', async () => {
  const [theirs, ours] = [(await casey!.connect()).client, (await mika!.connect()).client]
  const who = 'SELECT current_user::text AS now, session_user::text AS login'
  for (const way of ways) {
    expect(await ask(theirs, way, who)).toEqual([{ now: outside, login: outside }])
    expect(await ask(ours, way, who)).toEqual([{ now: common, login: common }])
    // The search_path of the role decides what a name means; what it means is masked.
    expect(await ask(theirs, way, 'SELECT id, body FROM documents')).toEqual([{ id: 2, body: '********' }])
    expect(await ask(ours, way, 'SELECT id, body FROM documents')).toEqual([{ id: 1, body: '********' }])
    await expect(ask(theirs, way, 'SELECT id FROM public.documents')).rejects.toMatchObject({ code: '42501' })
    await expect(ask(ours, way, 'SELECT id FROM tenant.documents')).rejects.toMatchObject({ code: '42501' })
    for (const back of ['SET SESSION AUTHORIZATION', 'SET ROLE'])
      await expect(ask(theirs, way, `${back} ${common}`)).rejects.toMatchObject({ code: '42501' })
    expect(await ask(theirs, way, who)).toEqual([{ now: outside, login: outside }])
  }
  await theirs.query('DISCARD ALL')
  expect(await ask(theirs, 'simple', 'SHOW statement_timeout')).toEqual([{ statement_timeout: '9s' }])
})

test('a cancel and a witness go by it, and the recording says as whom the gateway logged in', async () => {
  const { client } = await casey!.connect()
  const { sessions } = await mika!.client.get<{ sessions: SessionSummary[] }>('/v1/sessions?live=true')
  const newest = sessions.find(({ subject }) => subject === 'casey')!
  const slow = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
  const owner = await database.client()
  const sleeping = `SELECT usename FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'`
  await expect
    .poll(async () => (await owner.query<{ usename: string }>(sleeping)).rows, patient)
    .toEqual([{ usename: outside }])
  await mika!.client.post(`/v1/sessions/${newest.id}/kill`, { reason: 'enough' })
  expect(await slow).toMatchObject({ code: '57P01' })
  await expect.poll(async () => (await owner.query<{ usename: string }>(sleeping)).rows, patient).toEqual([])
  const [start] = await events(newest.id)
  expect(start).toMatchObject({ type: 'start', server: { user: outside } })
})

const events = async (session: string) => {
  const found: unknown[] = []
  for await (const event of mika!.client.lines(`/v1/sessions/${session}/events`)) found.push(event)
  return found
}

test('a missing secret of one entry’s login refuses its people and nobody else, until it is there', async () => {
  await expect(dora!.connect()).rejects.toMatchObject({ routine: 'hoop/CONNECTION_UNAVAILABLE' })
  expect(on.said('db')).toEqual([entered])
  const seen = async (them: Person) => {
    const { connections } = await them.client.get<{ connections: ConnectionInfo[] }>('/v1/connections')
    return connections.map(({ unavailable }) => unavailable?.map(({ code }) => code))
  }
  expect(await seen(dora!)).toEqual([['CONNECTION_UNAVAILABLE']])
  for (const them of [casey!, mika!]) {
    expect(await seen(them)).toEqual([undefined])
    await (await them.connect()).client.query('SELECT 1')
  }
  const { connections } = await mika!.client.get<{ connections: QuarantinedConnection[] }>('/v1/quarantine')
  expect(connections).toMatchObject([
    { connection: 'db', troubles: [{ login: officer, database: database.name, code: 'SECRET_MISSING' }] },
  ])
  await expect.poll(() => on.alerts.map(({ data }) => data['state']), patient).toEqual(['quarantined'])
  expect(JSON.stringify(on.alerts)).not.toContain(officer)

  on.env['OFFICER_PASSWORD'] = 'secret'
  const { client } = await dora!.connect()
  expect(await ask(client, 'simple', 'SELECT session_user::text AS login')).toEqual([{ login: officer }])
  expect(on.said('db')).toEqual([entered, left])
})

test('a rotated secret of it is taken up by the next login', async () => {
  const before = (await casey!.connect()).client
  await asSuperuser(`ALTER ROLE "${outside}" PASSWORD 'another'`)
  on.env['OUTSIDE_PASSWORD'] = 'another'
  await (await casey!.connect()).client.query('SELECT 1')
  await before.query('SELECT 1')
})

test('gateway check tries each login, and who else is logged in as it', async () => {
  const results = []
  for await (const each of checkGateway({ config: on.it.folder.config, env: on.env })) results.push(each)
  const found = results.filter(({ name }) => name.startsWith('connection ') || name.startsWith('other logins '))
  expect(found.map(({ name, state }) => [name, state])).toEqual(
    ['db', `db as ${outside}`, `db as ${officer}`].flatMap((name) => [
      [`connection ${name}`, 'ok'],
      [`other logins ${name}`, 'ok'],
    ]),
  )
})

test('policy explain asks the database as the login of who is meant', async () => {
  process.env['OUTSIDE_PASSWORD'] = on.env['OUTSIDE_PASSWORD']
  process.env['COMMON_PASSWORD'] = 'secret'
  try {
    const loaded = await loadFor(on.it.folder.config, 'db')
    const of = async (group: string) => {
      await using explainer = await openExplainer({ loaded, connection: 'db', groups: [group] })
      expect(explainer.login).toBe(group === 'contractors' ? outside : undefined)
      return (await explainer.explain('SELECT id FROM tenant.documents')).statements.map((each) => each.database)
    }
    expect(policyOverview(loaded, 'masked').logins).toEqual(
      [outside, officer].map((user) => ({ connection: 'db', user })),
    )
    expect(await of('contractors')).toEqual([undefined])
    expect(await of('ml-eng')).toEqual([expect.stringContaining('permission denied')])
  } finally {
    delete process.env['OUTSIDE_PASSWORD']
    delete process.env['COMMON_PASSWORD']
  }
})

test('who gets another login by a reload loses the session that goes by the former', async () => {
  const [theirs, ours] = [await casey!.connect(), await mika!.connect()]
  on.env['OUTSIDE_PASSWORD'] = 'secret'
  await on.reload(sections(officer))
  expect(await theirs.ended).toMatchObject({ code: '57P01' })
  await ours.client.query('SELECT 1')
  const { client } = await casey!.connect()
  expect(await ask(client, 'simple', 'SELECT session_user::text AS login')).toEqual([{ login: officer }])
})
