import { writeFile, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { holder } from '../server/start/person.js'
import { tokenCredentials } from '../../../src/agent/login/credentials.js'
import { type Stage, stage } from './tokens/stage.js'

const secret = 'a-secret-of-the-directory-0123456789'
const ask = {
  ...{ name: 'ask', when: { statement: ['truncate'] }, do: 'approve', mode: 'retry' },
  approvers: { groups: ['security'] },
}
let database: FreshDatabase
let at: Stage
let agent: Agent

const groupsFrom = (directory: boolean) =>
  at.configure((document) => {
    const file = join(dirname(at.it.folder.config), 'scim-token')
    document.setIn(['identity', 'scim'], document.createNode({ token: `file:${file}`, groups: directory }))
  })

beforeAll(async () => {
  database = await freshDatabase()
  at = await stage({ plain: {}, asks: { rules: [ask] } }, database.url)
  agent = new Agent({ connect: { ca: await readFile(at.it.caFile) } })
  await writeFile(join(dirname(at.it.folder.config), 'scim-token'), secret, { mode: 0o600 })
  await groupsFrom(true)
  await at.configure((document) =>
    document.setIn(
      ['connections', 'vectordb', 'access'],
      document.createNode([
        { groups: ['oncall'], policy: 'plain', request: { approvers: { groups: ['sec'] } } },
        { groups: ['ml-eng'], policy: 'research' },
      ]),
    ),
  )
}, 100_000)
afterAll(async () => {
  await agent.destroy()
  await at[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const send = async (method: 'POST' | 'PATCH', path: string, body: object): Promise<string> => {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' }
  const url = `${at.it.gateway.url}/scim/v2${path}`
  const answer = await request(url, { method, headers, dispatcher: agent, body: JSON.stringify(body) })
  const { id } = (await answer.body.json()) as { id: string }
  expect([answer.statusCode, id]).toEqual([expect.toBeOneOf([200, 201]), expect.any(String)])
  return id
}
const user = (name: string) => send('POST', '/Users', { userName: name, externalId: name })
const group = (displayName: string, ...users: string[]) =>
  send('POST', '/Groups', { displayName, members: users.map((value) => ({ value })) })
const change = (op: 'add' | 'remove', id: string, ...users: string[]) =>
  send('PATCH', `/Groups/${id}`, { Operations: [{ op, path: 'members', value: users.map((value) => ({ value })) }] })
const post = (account: string, path: string, body: object) =>
  at.as(account, path, { method: 'POST', body }, { groups: [] })
const wish = { connection: 'vectordb', for: 3_600_000, reason: 'an incident' }
/** Somebody with a token whose groups say nothing. */
const comer = async (account: string, groups: string[] = []) =>
  holder(await tokenCredentials(await at.it.idp.sign({ sub: account, email: `${account}@acme.example`, groups })), {
    url: at.it.gateway.url,
    caFile: at.it.caFile,
  })

test('a stream that was accepted before a group was taken opens nothing by it afterwards', async () => {
  const late = await user('late')
  const members = await group('ml-eng', late)
  await using it = await comer('late')
  const grant = await it.grant()
  const before = () => change('remove', members, late)
  await expect(it.connect(grant, undefined, { before })).rejects.toThrow('you may no longer use vectordb')
  await change('add', members, late)
  const { client } = await it.connect(grant)
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
})

test('a configuration that leaves the groups to the directory takes those of tokens from sessions', async () => {
  await groupsFrom(false)
  await using it = await comer('stranger', ['ml-eng'])
  const { client, ended } = await it.connect()
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
  await groupsFrom(true)
  expect(await ended).toMatchObject({ message: expect.stringContaining('you may no longer use') as string })
})

test('what somebody approved ends when the directory takes them from the approvers, though they never come again', async () => {
  const [ops, sec, other] = await Promise.all([user('ops'), user('sec1'), user('sec2')])
  const [approvers] = await Promise.all([group('sec', sec, other), group('oncall', ops)])
  const asked = (await post('ops', '/v1/access', wish)).body['id'] as string
  expect((await post('sec1', `/v1/approvals/${asked}/approve`, {})).told).toBe('200 ok')
  await using it = await comer('ops')
  const { ended } = await it.connect()
  // Of another approver nothing rests on.
  await change('remove', approvers, other)
  expect((await at.as('ops', `/v1/approvals/${asked}`)).body['state']).toBe('approved')
  await change('remove', approvers, sec)
  expect(await ended).toMatchObject({ message: expect.stringContaining('no longer one of the approvers') as string })
  expect((await at.as('ops', `/v1/approvals/${asked}`)).body['state']).toBe('withdrawn')
  await expect(it.grant()).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
})

test('a standing approval counts no more when the directory has taken its giver’s group', async () => {
  const [worker, sec] = await Promise.all([user('worker'), user('sec3')])
  const approvers = await group('security', sec)
  await group('workers', worker)
  await at.configure((document) =>
    document.setIn(
      ['connections', 'vectordb', 'access'],
      document.createNode([{ groups: ['workers'], policy: 'asks' }]),
    ),
  )
  await using it = await comer('worker')
  const { client } = await it.connect()
  await client.query('create table passing (n int)')
  await at.as('worker', '/v1/me', {}, { groups: [] })
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const given = { person: 'worker', connection: 'vectordb', text: 'truncate passing', until, reason: 'nightly' }
  expect((await post('sec3', '/v1/standing-approvals', given)).told).toBe('201 ok')
  await client.query('truncate passing')
  await change('remove', approvers, sec)
  await expect(client.query('truncate passing')).rejects.toThrow('approval')
})
