import { readFile, writeFile } from 'node:fs/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseDocument } from 'yaml'
import type { RevokeAnswer } from '../../src/lib/api.js'
import type { Act } from '../../src/lib/api/acts.js'
import type { Approval } from '../../src/lib/api/approvals.js'
import type { PersonDetail } from '../../src/lib/api/people.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { type OpenPort, startTestGateway, type TestGateway } from '../helpers/gateway.js'

// Some of them wait for an end that comes by itself.
vi.setConfig({ testTimeout: 300_000 })

let database: FreshDatabase
let gateway: TestGateway

const incident = { approvers: { groups: ['security'] }, longest: '4h', ticket: 'OPS-[0-9]+' }
const dual = { approvers: { all: [{ groups: ['security'] }, { groups: ['platform'] }] } }

beforeAll(async () => {
  database = await freshDatabase()
  gateway = await startTestGateway({
    database: database.url,
    access: [
      { groups: ['contractors'], policy: 'incident', request: incident },
      { groups: ['contractors'], policy: 'dual', request: dual },
      { groups: ['ml-eng'], policy: 'open', reason: 'required' },
    ],
    policies: { incident: {}, dual: {}, open: {} },
  })
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const hoop = (account: string, ...args: string[]) => gateway.hoop(account, args)
const json = async <T>(account: string, ...args: string[]) => {
  const { stdout, status } = await hoop(account, ...args, '--json')
  expect([status, stdout]).toEqual([0, expect.any(String)])
  return JSON.parse(stdout) as T
}
const failed = async (account: string, ...args: string[]) => {
  const { stdout } = await hoop(account, ...args, '--json')
  return (JSON.parse(stdout) as { error: { code: string; message: string; hint: string } }).error
}
const ask = (time: string, policy = 'incident', reason = 'OPS-4711: slow pages') =>
  json<Approval>('casey', 'access', 'request', 'vectordb', '--policy', policy, '--for', time, '--reason', reason)
const reaches = (account = 'casey') => hoop(account, 'exec', 'vectordb', 'SELECT 1')

/** A session of Casey's, and what ends it. */
const open = async ({ host, port }: OpenPort) => {
  const client = new Client({ host, port, user: 'x' })
  const ended = new Promise<Error & { code?: string }>((resolve) => client.on('error', resolve))
  await client.connect()
  return { client, ended }
}

test('a denial names the command that asks, and only to who may ask', async () => {
  const { stderr, status } = await reaches()
  expect(status).toBe(77)
  expect(stderr).toContain('hoop access request vectordb --policy incident --for 2h')
  expect((await reaches('ines')).stderr).not.toContain('access request')
})

test.for([
  ['casey', 'incident', '2h', 'no ticket', 'REASON_REQUIRED'],
  ['casey', 'incident', '5h', 'OPS-1', 'REQUEST_INVALID'],
  ['casey', 'open', '1h', 'OPS-1', 'ACCESS_DENIED'],
  ['casey', undefined, '1h', 'OPS-1', 'REQUEST_INVALID'],
  ['mika', 'incident', '1h', 'OPS-1', 'ACCESS_DENIED'],
  ['casey', 'incident', '31d', 'OPS-1', 'REQUEST_INVALID'],
  ['casey', 'incident', 'forever', 'OPS-1', 'USAGE'],
] as const)('%s asking for %s for %s because of %s: %s', async ([who, policy, time, reason, code]) => {
  const args = ['access', 'request', 'vectordb', '--for', time, '--reason', reason]
  expect(await failed(who, ...args, ...(policy === undefined ? [] : ['--policy', policy]))).toMatchObject({ code })
})

test('it is asked for, approved by somebody else, and taken back: the session hears why, and the acts keep it', async () => {
  const { id } = await ask('2h')
  expect(
    await failed('casey', 'access', 'request', 'vectordb', '--policy', 'incident', '--for', '1h', '-r', 'OPS-1'),
  ).toMatchObject({
    code: 'REQUEST_INVALID',
    hint: expect.stringContaining(id) as string,
  })
  const listed = await hoop('ines', 'access', 'list')
  expect(listed.stdout).toMatch(/casey@contractor\.example +vectordb +incident +2 h +\S+ h .*left .*OPS-4711/)
  expect((await hoop('ines', 'approvals', 'list')).stdout).toContain(
    'access to vectordb under the policy incident for 2h',
  )
  expect((await hoop('ines', 'access', 'show', id)).stdout).toMatch(/^For a while +2 h, counted from the approval$/m)
  expect(await failed('casey', 'access', 'approve', id)).toMatchObject({ code: 'ACCESS_DENIED' })
  expect(await failed('mika', 'access', 'approve', id)).toMatchObject({ code: 'NOT_FOUND' })
  expect((await reaches()).status).toBe(77)

  const approved = await json<Approval>('ines', 'access', 'approve', id, '--reason', 'go')
  const left = Date.parse(approved.expiresAt) - Date.now()
  expect(left > 7_100_000 && left <= 7_200_000).toBe(true)
  await using port = await gateway.connect('casey')
  await open(port)
  const { reaches: now } = await json<PersonDetail>('ines', 'people', 'show', 'casey')
  expect(now).toMatchObject([
    { connection: 'vectordb', policy: 'incident', entry: 1, access: id, until: approved.expiresAt },
  ])

  // It holds over a restart; sessions don't.
  await gateway.end('SIGKILL')
  await gateway.restart()
  expect((await reaches()).status).toBe(0)
  const again = await open(port)
  expect(await failed('mika', 'access', 'revoke', id, '--reason', 'x')).toMatchObject({ code: 'NOT_FOUND' })
  expect((await hoop('ines', 'access', 'revoke', id, '--reason', 'the incident is over')).status).toBe(0)
  expect(await again.ended).toMatchObject({
    code: '57P01',
    message: 'hoop: the session was ended: your access to vectordb was revoked: the incident is over',
  })
  expect((await reaches()).status).toBe(77)
  expect(await failed('ines', 'access', 'revoke', id, '--reason', 'x')).toMatchObject({ code: 'APPROVAL_SETTLED' })
  const { acts } = await json<{ acts: Act[] }>('olu', 'audit', 'acts')
  expect(acts.filter(({ target }) => target === id)).toMatchObject([
    { act: 'access.revoke', by: { subject: 'ines' }, subject: 'casey', reason: 'the incident is over' },
    { act: 'access.approve', by: { subject: 'ines' }, subject: 'casey', reason: 'go', after: { state: 'approved' } },
    {
      act: 'access.request',
      by: { subject: 'casey' },
      reason: 'OPS-4711: slow pages',
      after: { policy: 'incident', for: '2h' },
    },
  ])
})

test('it ends by itself, and so do its sessions, with a reason', async () => {
  const { id } = await ask('20s')
  await json('ines', 'access', 'approve', id)
  await using port = await gateway.connect('casey')
  const session = await open(port)
  expect(await session.ended).toMatchObject({
    code: '57P01',
    message: expect.stringContaining('your access to vectordb for a while is over') as string,
  })
  await expect(open(port)).rejects.toMatchObject({ message: expect.stringContaining('may not') as string })
  expect((await reaches()).status).toBe(77)
  await expect
    .poll(async () => (await hoop('casey', 'access', 'list', '--all')).stdout, { timeout: 30_000 })
    .toMatch(new RegExp(`${id} .* ended `))
  const { acts } = await json<{ acts: Act[] }>('olu', 'audit', 'acts', '--act', 'access.end')
  expect(acts).toMatchObject([{ target: id, by: { subject: 'hoop:system' }, subject: 'casey' }])
})

test('where it takes somebody of each of two groups, one of each has to approve; a denial ends it', async () => {
  const { id } = await ask('1h', 'dual')
  expect(await json<Approval>('ines', 'access', 'approve', id)).toMatchObject({ state: 'open' })
  expect(await json<Approval>('olu', 'access', 'approve', id)).toMatchObject({ state: 'approved' })
  expect((await reaches()).status).toBe(0)
  await json('casey', 'access', 'revoke', id, '--reason', 'done')
  expect((await reaches()).status).toBe(77)
  const other = await ask('1h', 'dual')
  expect(await json<Approval>('olu', 'access', 'deny', other.id, '--reason', 'no')).toMatchObject({ state: 'denied' })
})

test('a revocation of a person ends what was given them and what they ask for', async () => {
  const given = await ask('1h')
  await json('ines', 'access', 'approve', given.id)
  await ask('1h', 'dual')
  const { ended } = await json<RevokeAnswer>('olu', 'people', 'revoke', 'casey', '--reason', 'left')
  expect(ended).toMatchObject({ accesses: 1, accessRequests: 1, requests: 0 })
  await json('olu', 'people', 'restore', 'casey')
  expect((await reaches()).status).toBe(77)
})

test('an entry that asks for a reason gives nothing without one', async () => {
  expect(await failed('mika', 'exec', 'vectordb', 'SELECT 1')).toMatchObject({ code: 'REASON_REQUIRED' })
  expect((await hoop('mika', 'exec', 'vectordb', 'SELECT 1', '--reason', 'a look')).status).toBe(0)
})

test('an entry ends at its time, and so do its sessions', async () => {
  const until = new Date(Date.now() + 30_000).toISOString()
  const document = parseDocument(await readFile(gateway.configFile, 'utf8'))
  document.setIn(['connections', 'vectordb', 'access', 2], { groups: ['ml-eng'], policy: 'open', until })
  await writeFile(gateway.configFile, document.toString())
  await expect.poll(async () => (await reaches('mika')).status, { timeout: 25_000 }).toBe(0)
  await using port = await gateway.connect('mika')
  const session = await open(port)
  expect(await session.ended).toMatchObject({
    code: '57P01',
    message: `hoop: the session was ended: your access to vectordb is over: it ended at ${until}`,
  })
  expect((await reaches('mika')).stderr).toContain(`it ended at ${until}`)
})
