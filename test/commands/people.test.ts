import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RevokeAnswer } from '../../src/lib/api.js'
import type { PersonDetail } from '../../src/lib/api/people.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { type OpenPort, startTestGateway, type TestGateway } from '../helpers/gateway.js'

const held = {
  rules: [
    {
      name: 'deletes',
      when: { statement: ['delete'] },
      do: 'approve',
      mode: 'retry',
      approvers: { groups: ['security'] },
    },
  ],
}

let database: FreshDatabase
let gateway: TestGateway
let casey: OpenPort

beforeAll(async () => {
  database = await freshDatabase()
  gateway = await startTestGateway({
    database: database.url,
    access: [
      { people: ['nobody@acme.example'], policy: 'held' },
      { groups: ['contractors', 'ml-eng'], policy: 'held' },
    ],
    policies: { held: { ...held, break_glass: { groups: ['ml-eng'] } } },
  })
  const direct = new Client({ connectionString: database.url })
  await direct.connect()
  await direct.query('CREATE TABLE items (id int)')
  await direct.end()
  casey = await gateway.connect('casey')
})
afterAll(async () => {
  await casey[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const open = async ({ host, port }: OpenPort) => {
  const client = new Client({ host, port, user: 'x' })
  client.on('error', () => undefined)
  await client.connect()
  return client
}
const hoop = (account: string, ...args: string[]) => gateway.hoop(account, args)
const json = async <T>(account: string, ...args: string[]) => {
  const { stdout, stderr, status } = await hoop(account, ...args, '--json')
  expect([status, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as T
}

/** A session, a request that waits and a standing approval of Casey's. */
const hold = async (id: number) => {
  const client = await open(casey)
  const refused = await client.query(`DELETE FROM items WHERE id = ${id}`).catch((error: Error) => error.message)
  expect(refused).toContain('approval')
  const { approvals } = await json<{ approvals: { id: string }[] }>('ines', 'approvals', 'list')
  const [request] = approvals
  const standing = ['approvals', 'standing', 'add', '--from', request!.id, '--until', '2h', '--reason', 'backfill']
  const made = await json<{ id: string }>('ines', ...standing)
  const token = ['tokens', 'create', `nightly-${id}`, '--connection', 'vectordb', '--policy', 'held', '--ttl', '1d']
  await json('casey', ...token)
  return { client, request: request!.id, standing: made.id }
}

test('an auditor sees what somebody can reach and holds, why, and since when', async () => {
  const before = new Date(Date.now() - 120_000).toISOString()
  const { client, request, standing } = await hold(1)
  const shown = await json<PersonDetail>('ines', 'people', 'show', 'CASEY@contractor.example')
  expect(shown).toMatchObject({
    ...{ subject: 'casey', name: 'casey@contractor.example', groups: ['contractors'], roles: [], live: 1 },
    reaches: [
      { connection: 'vectordb', policy: 'held', entry: 2, group: 'contractors', clear: false, breakGlass: false },
    ],
    liveSessions: [{ connection: 'vectordb' }],
    grants: [{ connection: 'vectordb' }],
    tokens: [
      { name: 'nightly-1', owner: { subject: 'casey' }, connections: [{ connection: 'vectordb', policy: 'held' }] },
    ],
    requests: [{ id: request, state: 'open' }],
    standing: [{ id: standing, subject: 'casey', by: { subject: 'ines' } }],
    acts: [
      { act: 'token.create', by: { subject: 'casey' } },
      { act: 'standing.add', target: standing, by: { subject: 'ines' }, reason: 'backfill' },
    ],
  })
  const [{ since }] = shown.reaches as unknown as [{ since: string }]
  expect(since > before && since <= new Date().toISOString()).toBe(true)
  expect(shown.revoked).toBeUndefined()
  // Who gave it has it too, and reaches nothing.
  expect(await json<PersonDetail>('olu', 'people', 'show', 'ines')).toMatchObject({
    ...{ reaches: [], roles: ['auditor'], standing: [{ id: standing }], requests: [], acts: [] },
  })
  const { stdout } = await hoop('olu', 'people', 'show', 'casey')
  expect(stdout).toMatch(/^Groups +contractors, as the provider named them at /m)
  expect(stdout).toMatch(/^vectordb +held +masked +entry 2, group contractors +\d{4}-/m)
  expect(stdout).toMatch(/^nightly-1 .*vectordb \(held\)/m)
  expect((await hoop('mika', 'people', 'show', 'casey')).status).toBe(77)
  expect((await hoop('ines', 'people', 'show', 'nobody')).status).toBe(1)
  await client.end()
})

test('a revocation says how many of each it ended, and finds nothing the second time', async () => {
  const { client, request } = await hold(2)
  const gone = new Promise((resolve) => client.once('end', resolve))
  const first = await json<RevokeAnswer>('olu', 'people', 'revoke', 'casey', '--reason', 'left us')
  const { sessions, grants, tokens, requests, standing } = first.ended
  expect({ sessions, grants, tokens, requests, standing }).toEqual({
    ...{ sessions: 1, grants: 1, tokens: 2, requests: 2, standing: 2 },
  })
  await gone
  const [ended] = (await json<PersonDetail>('ines', 'people', 'show', 'casey')).lastSessions
  expect(ended!.endedAt).toBeDefined()
  const again = await json<RevokeAnswer>('olu', 'people', 'revoke', 'casey', '--reason', 'left us')
  expect(new Set(Object.values(again.ended))).toEqual(new Set([0]))
  const shown = await json<PersonDetail>('ines', 'people', 'show', 'casey')
  expect(shown).toMatchObject({
    ...{
      revoked: { reason: 'left us', by: { subject: 'olu' } },
      grants: [],
      tokens: [],
      requests: [],
      standing: [],
      live: 0,
    },
  })
  expect(shown.acts.filter(({ act }) => act === 'person.revoke')).toHaveLength(2)
  expect((await hoop('ines', 'approvals', 'show', request)).stdout).toContain('withdrawn')
  expect((await hoop('ines', 'people', 'show', 'casey')).stdout).toMatch(
    /^Shut out +since .* by olu@acme\.example: left us$/m,
  )

  // What they held is not theirs again when they are let in.
  await json('olu', 'people', 'restore', 'casey')
  await expect(open(casey)).rejects.toMatchObject({ code: '28000' })
  // A token's time has whole seconds, and one of the second in which they were shut out counts as from before.
  await setTimeout(1000)
  expect((await hoop('casey', 'connections')).status).toBe(0)
  expect((await json<PersonDetail>('ines', 'people', 'show', 'casey')).standing).toEqual([])
})
