import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KilledSession, PersonSeen, RevokeAnswer, SessionSummary } from '../../src/lib/api.js'
import type { Act } from '../../src/lib/api/acts.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { type OpenPort, startTestGateway, type TestGateway } from '../helpers/gateway.js'

let database: FreshDatabase
let gateway: TestGateway
let casey: OpenPort
let mika: OpenPort

beforeAll(async () => {
  database = await freshDatabase()
  gateway = await startTestGateway({ database: database.url })
  ;[casey, mika] = await Promise.all([gateway.connect('casey'), gateway.connect('mika')])
})
afterAll(async () => {
  for (const port of [casey, mika]) await port[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** A session of somebody's, and what ends it. */
const open = async ({ host, port }: OpenPort) => {
  const client = new Client({ host, port, user: 'x' })
  const ended = new Promise<Error & { code?: string }>((resolve) => client.on('error', resolve))
  await client.connect()
  const { rows } = await client.query<{ id: string }>(
    "SELECT split_part(split_part(current_setting('application_name'), '/', 2), ' ', 1) id",
  )
  return { client, ended, id: rows[0]!.id }
}

const hoop = (account: string, ...args: string[]) => gateway.hoop(account, args)
const killed = (stdout: string) => (JSON.parse(stdout) as { sessions: KilledSession[] }).sessions

test('an admin ends a session: the client is told why, the list and the replay who', async () => {
  const session = await open(casey)
  const { stdout, stderr, status } = await hoop(
    'olu',
    'sessions',
    'kill',
    session.id.slice(0, 12),
    '-r',
    'it blocks us',
  )
  expect([status, stderr, stdout]).toEqual([0, '', `${session.id}  casey@contractor.example on vectordb: ended\n`])
  expect(await session.ended).toMatchObject({
    code: '57P01',
    message: 'hoop: the session was ended: it blocks us',
  })
  const { stdout: shown } = await hoop('ines', 'sessions', 'show', session.id)
  expect(shown).toMatch(/^End +killed: .*it blocks us$/m)
  expect(shown).toMatch(/^Ended by +olu@acme\.example \(olu\)$/m)
  const { stdout: replayed } = await hoop('ines', 'sessions', 'replay', session.id)
  expect(replayed).toMatch(/-- Session killed at .* by olu@acme\.example \(olu\): .*it blocks us/)
  // They may come back.
  await (await open(casey)).client.end()
})

test('people end their own sessions, and nobody else’s', async () => {
  const [own, other] = await Promise.all([open(casey), open(mika)])
  const refused = await hoop('casey', 'sessions', 'kill', other.id, '--reason', 'spite', '--json')
  expect([refused.status, JSON.parse(refused.stdout)]).toMatchObject([1, { error: { code: 'NOT_FOUND' } }])
  expect((await hoop('ines', 'sessions', 'kill', other.id, '--reason', 'spite')).status).toBe(77)
  const { stdout } = await hoop('casey', 'sessions', 'kill', '--all', '--reason', 'done for today', '--json')
  expect(killed(stdout)).toMatchObject([{ id: own.id, subject: 'casey', ended: true }])
  expect(await own.ended).toMatchObject({ code: '57P01' })
  expect((await other.client.query('SELECT 1')).rowCount).toBe(1)
  await other.client.end()
})

test('several are ended only when that was said, where nobody can be asked', async () => {
  const sessions = await Promise.all([open(mika), open(mika), open(casey)])
  const person = ['sessions', 'kill', '--person', 'mika@acme.example', '--reason', 'maintenance']
  const unasked = await hoop('olu', ...person)
  expect([unasked.status, unasked.stdout]).toEqual([64, ''])
  expect(unasked.stderr).toContain('--yes')
  for (const { client } of sessions) expect((await client.query('SELECT 1')).rowCount).toBe(1)
  const { stdout } = await hoop('olu', ...person, '--yes', '--json')
  expect(new Set(killed(stdout).map(({ id }) => id))).toEqual(new Set(sessions.slice(0, 2).map(({ id }) => id)))
  await Promise.all(sessions.slice(0, 2).map(({ ended }) => ended))
  await sessions[2].client.end()
})

test('a grant is revoked by its id, and opens nothing more', async () => {
  await using port = await gateway.connect('casey')
  const session = await open(port)
  const { stdout } = await hoop('olu', 'sessions', 'list', '--live', '--json')
  const { grantId } = (JSON.parse(stdout) as { sessions: SessionSummary[] }).sessions.find(
    ({ id }) => id === session.id,
  )!
  expect((await hoop('olu', 'sessions', 'kill', '--grant', grantId, '--reason', 'wrong ticket')).status).toBe(0)
  expect(await session.ended).toMatchObject({
    code: '57P01',
    message: expect.stringContaining('wrong ticket') as string,
  })
  await expect(open(port)).rejects.toMatchObject({ code: '28000' })
})

test('nothing that matches is no mistake', async () => {
  const { stdout, stderr, status } = await hoop('olu', 'sessions', 'kill', '--connection', 'none', '--reason', 'x')
  expect([status, stdout]).toEqual([0, ''])
  expect(stderr).toContain('No live session matches')
})

test.for([
  ['sessions', 'kill', '--reason', 'x'],
  ['sessions', 'kill', 'someone', '--all', '--reason', 'x'],
  ['people', 'revoke', 'casey'],
  ['people', 'revoke', 'casey', '--reason', 'x', '--until', 'tomorrow'],
])('hoop %s %s with arguments that miss or contradict something is a mistake', async (args) => {
  expect((await hoop('olu', ...args)).status).toBe(64)
})

test('somebody who is revoked is out at once and stays out over a restart, until they are restored', async () => {
  const session = await open(casey)
  const running = session.client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
  const { stdout, status } = await hoop(
    'olu',
    'people',
    'revoke',
    'casey@contractor.example',
    '-r',
    'laptop stolen',
    '--json',
  )
  expect(status).toBe(0)
  expect(JSON.parse(stdout) as RevokeAnswer).toMatchObject({
    subject: 'casey',
    revoked: { by: { subject: 'olu' }, reason: 'laptop stolen' },
    sessions: [{ id: session.id, ended: true }],
  })
  expect(await running).toMatchObject({
    code: '57P01',
    message: 'hoop: the session was ended: your access was revoked: laptop stolen',
  })
  await expect(open(casey)).rejects.toMatchObject({ message: expect.stringContaining('laptop stolen') as string })
  for (const args of [['connections'], ['exec', 'vectordb', 'SELECT 1']]) {
    const refused = await hoop('casey', ...args)
    expect(refused.status).toBe(77)
    expect(refused.stderr).toContain('your access was revoked: laptop stolen')
  }
  await gateway.end()
  await gateway.restart()
  expect((await hoop('casey', 'connections')).status).toBe(77)

  const { stdout: table } = await hoop('ines', 'people', 'list')
  expect(table).toMatch(/^PERSON +SUBJECT +LAST SEEN +LAST SESSION +SESSIONS +LIVE +REVOKED$/m)
  expect(table).toMatch(/^casey@contractor\.example +casey .*laptop stolen \(olu@acme\.example\)$/m)
  const listed = JSON.parse((await hoop('ines', 'people', 'list', '--json')).stdout) as { people: PersonSeen[] }
  expect(listed.people.filter(({ revoked }) => revoked).map(({ subject }) => subject)).toEqual(['casey'])

  expect((await hoop('mika', 'people', 'restore', 'casey')).status).toBe(77)
  const restored = await hoop('olu', 'people', 'restore', 'casey')
  expect([restored.status, restored.stdout]).toEqual([0, 'casey@contractor.example (casey) may log in again.\n'])
  expect((await hoop('casey', 'connections')).status).toBe(0)
})

test('what was done stands in the acts, newest first, and stays there', async () => {
  const listed = async (...args: string[]) =>
    (JSON.parse((await hoop('ines', 'audit', 'acts', ...args, '--json')).stdout) as { acts: Act[] }).acts
  const acts = await listed()
  expect(acts.map(({ number }) => number)).toEqual(acts.map((_, i) => acts.length - i))
  expect(acts.slice(0, 3)).toMatchObject([
    { act: 'person.restore', by: { subject: 'olu', name: 'olu@acme.example' }, target: 'casey', subject: 'casey' },
    { act: 'session.kill', by: { subject: 'olu' }, subject: 'casey', reason: 'laptop stolen' },
    { act: 'person.revoke', target: 'casey', reason: 'laptop stolen' },
  ])
  expect(acts.at(-1)).toMatchObject({
    act: 'policy.reload',
    by: { subject: 'hoop:system' },
    after: { hash: expect.any(String) as string },
  })
  expect((await listed('--act', 'grant.revoke')).map(({ reason }) => reason)).toEqual(['wrong ticket'])
  expect(await listed('--person', 'casey', '--limit', '2')).toHaveLength(2)
  expect(await listed('--until', '1h')).toEqual([])
  const { stdout } = await hoop('olu', 'audit', 'acts', '--act', 'person.revoke')
  expect(stdout).toMatch(/^NUMBER +TIME +WHO +DID +TARGET +CONCERNS +REASON$/m)
  expect(stdout).toMatch(/olu@acme\.example +shut somebody out +casey +- +laptop stolen$/m)
  expect((await hoop('casey', 'audit', 'acts')).status).toBe(77)
})

test('nobody but an admin revokes, and no admin themselves', async () => {
  for (const [account, person] of [
    ['ines', 'mika'],
    ['mika', 'casey'],
    ['olu', 'olu'],
  ] as const)
    expect((await hoop(account, 'people', 'revoke', person, '--reason', 'x')).status).toBe(77)
  expect((await hoop('mika', 'people', 'list')).status).toBe(77)
})
