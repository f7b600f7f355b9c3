import { expect, test } from 'vitest'
import { HoopError } from '../../../src/lib/errors.js'
import { guardOf } from '../relay/policy.js'
import { errorsIn, rowsIn, send, states, types, WireClient } from '../relay/wire-client.js'
import { approvalStage, dana, login, meant, type Stage } from './stage.js'

const eli = { subject: 'eli', name: 'Eli', groups: ['dba', 'security'] }
const held = 'insert into effects values (1) -- hold'

/** Refused now; its request is approved. */
const refusedThenApproved = async (stage: Stage, client: WireClient, ...frames: Buffer[]): Promise<void> => {
  const answers = await client.ask(...frames)
  expect(errorsIn(answers)).toMatchObject([
    { C: '42501', H: expect.stringContaining('Run the same statement') as string },
  ])
  const [request] = await stage.open()
  expect(errorsIn(answers)[0]?.['H']).toContain(request!.id)
  await stage.approve(request!.id)
}

const bound = (
  values: readonly (string | Buffer)[],
  formats: readonly number[] = [],
  text = 'insert into effects values ($1::int) -- hold',
) => [...[send.parse(text), send.bind(values, { formats }), send.execute(), send.sync()]]

test('an approval that takes two people takes two', async () => {
  await using stage = await approvalStage({ policy: { rule: { approvers: { groups: ['dba'], count: 2 } } } })
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  await stage.approve(request!.id)
  await expect(stage.approve(request!.id)).rejects.toMatchObject({ code: 'APPROVAL_SETTLED' })
  expect((await stage.all())[0]).toMatchObject({ state: 'open', votes: [{ subject: 'dana' }] })
  expect(await stage.effects()).toEqual([])
  await stage.approve(request!.id, eli)
  expect(types(await client.until(1))).toBe('NNCZ')
  expect(await stage.effects()).toEqual([1])
  await client.end()
})

test('of two that it takes, one denial is enough', async () => {
  await using stage = await approvalStage({ policy: { rule: { approvers: { groups: ['dba'], count: 2 } } } })
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  await stage.approve(request!.id)
  await stage.deny(request!.id, eli)
  expect(errorsIn(await client.until(1)).at(-1)).toMatchObject({
    M: expect.stringContaining('Eli: not today') as string,
  })
  expect(await stage.effects()).toEqual([])
  await client.end()
})

test('nobody decides on their own request, and whoever is in none of the groups is not even told of it', async () => {
  await using stage = await approvalStage()
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  const ada = { subject: 'ada', name: 'Ada', groups: ['dba'] }
  const mallory = { subject: 'mallory', name: 'Mallory', groups: ['contractors'] }
  await expect(stage.approve(request!.id, ada)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  await expect(stage.deny(request!.id, ada)).rejects.toMatchObject({ code: 'ACCESS_DENIED' })
  await expect(stage.approve(request!.id, mallory)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await stage.effects()).toEqual([])
  client.socket.destroy()
})

test('what the policy forbids by the time of the approval is refused', async () => {
  await using stage = await approvalStage()
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  const error = new HoopError('STATEMENT_BLOCKED', 'rule since-then')
  stage.policy.decide = (text) => (text === held ? { kind: 'refuse', error } : undefined)
  await stage.approve(request!.id)
  const answers = await client.until(1)
  expect(errorsIn(answers)).toMatchObject([{ C: '42501', M: expect.stringContaining('since-then') as string }])
  expect(await stage.effects()).toEqual([])
  await client.end()
})

test('a policy that was replaced while it waited ends the request, whatever it says', async () => {
  let hash = 'none'
  await using stage = await approvalStage({ policyNow: () => hash })
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  hash = 'another'
  await stage.approve(request!.id)
  const answers = await client.until(1)
  expect(errorsIn(answers)).toMatchObject([{ C: '57014', M: expect.stringContaining('policy has changed') as string }])
  expect(await stage.effects()).toEqual([])
  expect((await stage.all())[0]).toMatchObject({ state: 'withdrawn', why: expect.stringContaining('policy') as string })
  await client.end()
})

test('in a transaction it is refused, and runs there once it is approved, once', async () => {
  await using stage = await approvalStage()
  const { client } = await login(stage)
  await client.ask(send.query('begin'))
  await refusedThenApproved(stage, client, send.query(held))
  expect(states(await client.ask(send.query('select 1')))).toBe('E')
  await client.ask(send.query('rollback'))
  client.write(...['begin', held, 'commit'].map(send.query))
  expect(states(await client.until(3))).toBe('TTI')
  expect(await stage.effects()).toEqual([1])
  await client.ask(send.query('begin'))
  expect(types(await client.ask(send.query(held)))).toBe('EZ')
  expect(await stage.effects()).toEqual([1])
  await client.end()
})

test('an approval that is taken and then rolled back is used', async () => {
  await using stage = await approvalStage()
  const { client } = await login(stage)
  await client.ask(send.query('begin'))
  await refusedThenApproved(stage, client, send.query(held))
  await client.ask(send.query('rollback'))
  client.write(...['begin', held, 'rollback', 'begin', held].map(send.query))
  expect(states(await client.until(5))).toBe('TTITE')
  expect((await stage.all()).map(({ state }) => state)).toEqual(['used', 'open'])
  await client.end()
})

test.for<[string, readonly Buffer[]]>([
  ['another value', bound(['2'])],
  ['another format of the same value', bound([Buffer.from([0, 0, 0, 1])], [1])],
  ['another text', bound(['1'], [], 'insert into effects values ($1::int)  -- hold')],
  ['a simple query', [send.query('insert into effects values (1::int) -- hold')]],
])('an approval is for the exact parameters: %s is none of its business', async ([, other]) => {
  await using stage = await approvalStage({ policy: { rule: { mode: 'retry' } } })
  const { client } = await login(stage)
  await refusedThenApproved(stage, client, ...bound(['1']))
  expect(types(await client.ask(...other))).toMatch(/EZ$/)
  expect(await stage.effects()).toEqual([])
  expect(types(await client.ask(...bound(['1'])))).toBe('12CZ')
  expect(await stage.effects()).toEqual([1])
  await client.end()
})

test('an approval that nobody used in time can be used no more', async () => {
  await using stage = await approvalStage({ policy: { rule: { mode: 'retry', expires: 400 } } })
  const { client } = await login(stage)
  await refusedThenApproved(stage, client, send.query(held))
  await new Promise((later) => setTimeout(later, 450))
  expect(types(await client.ask(send.query(held)))).toBe('EZ')
  expect(await stage.effects()).toEqual([])
  await client.end()
})

test(
  'whoever floods the gateway behind a statement that waits is read to a bound, and answered in order',
  { timeout: 60_000 },
  async () => {
    await using stage = await approvalStage()
    const { client } = await login(stage)
    client.write(send.query(held))
    const [request] = await stage.open()
    const filler = 'x'.repeat(64 * 1024)
    const count = 400
    for (let i = 0; i < count; i++) client.write(send.query(`select ${i} -- ${filler}`))
    // 25 MB were sent: what is kept of them is bounded, the rest waits in the sockets.
    await expect.poll(() => stage.relay.budget.held).toBeGreaterThan(1 << 20)
    await new Promise((later) => setTimeout(later, 300))
    expect(stage.relay.budget.held).toBeLessThan(3 << 20)
    await stage.approve(request!.id)
    const answers = await client.until(count + 1)
    expect(rowsIn(answers).map(([value]) => Number(value))).toEqual(Array.from({ length: count }, (_, i) => i))
    expect(await stage.effects()).toEqual([1])
    await client.end()
  },
)

test('what somebody has approved who is shut out by now lets nothing run', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  await refusedThenApproved(stage, client, send.query(held))
  const until = new Date(Date.now() + 60_000).toISOString()
  await stage.approvals.standing.add({
    ...{ id: 'standing', subject: 'ada', name: 'Ada', connection: 'vectordb', ...meant(stage, held) },
    ...{ by: dana, groups: dana.groups, reason: 'backfill', createdAt: new Date().toISOString(), expiresAt: until },
  })
  const by = { subject: 'olu', name: 'Olu' }
  await stage.denied.revoke({ subject: dana.subject, by, reason: 'left', at: Date.now() })
  for (let i = 0; i < 2; i++) expect(types(await client.ask(send.query(held)))).toBe('EZ')
  expect(await stage.effects()).toEqual([])
  await stage.denied.restore(dana.subject, by)
  expect(types(await client.ask(send.query(held)))).toBe('CZ')
  await client.end()
})

test('a standing approval is for one database', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  const until = new Date(Date.now() + 60_000).toISOString()
  const run = async (database: string) => {
    await stage.approvals.standing.add({
      ...{ id: database, subject: 'ada', name: 'Ada', connection: 'vectordb', ...meant(stage, held) },
      ...{ by: dana, groups: dana.groups, reason: 'backfill', createdAt: new Date().toISOString(), expiresAt: until },
      database,
    })
    return types(await client.ask(send.query(held)))
  }
  expect(await run('another')).toBe('EZ')
  expect(await run(new URL(stage.url).pathname.slice(1))).toBe('CZ')
  await client.end()
})

test('a statement that waited doesn’t run where who approved it is shut out in the same moment', async () => {
  await using stage = await approvalStage()
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  const approved = stage.approve(request!.id)
  await stage.denied.revoke({ subject: dana.subject, by: eli, reason: 'left', at: Date.now() })
  await approved.catch(() => undefined)
  expect(errorsIn(await client.until(1))).toMatchObject([
    { C: '57014', M: expect.stringContaining('somebody who approved it was shut out') as string },
  ])
  expect(await stage.effects()).toEqual([])
  await client.end()
})

test('what a name stands for is what is approved, and an approval for it is for no other text by that name', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  const rules = [{ name: 'ask', when: { statement: ['delete'] }, do: 'approve', approvers: { groups: ['dba'] } }]
  const guard = await guardOf(stage.url, { rules })
  stage.policy.decide = (text, asker) => guard.decide(text, asker)
  await client.ask(send.query('insert into effects values (1), (2)'))
  await client.ask(send.parse('delete from effects where id = 1', 'p'), send.sync())
  const run = async () => errorsIn(await client.ask(send.query('execute p'))).map(({ C }) => C)
  expect(await run()).toEqual(['42501'])
  const [request] = await stage.open()
  expect(request).toMatchObject({ text: 'execute p', meaning: { named: ['delete from effects where id = 1'] } })
  await stage.approve(request!.id)
  await client.ask(send.close('S', 'p'), send.parse('delete from effects', 'p'), send.sync())
  expect(await run()).toEqual(['42501'])
  expect(await stage.effects()).toEqual([1, 2])
  await client.end()
})

test('under another search_path it is another statement, and approvers see which', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  await client.ask(send.query('create schema other; create table other.effects (id int)'))
  await refusedThenApproved(stage, client, send.query(held))
  await client.ask(send.query('set search_path = other'))
  expect(types(await client.ask(send.query(held)))).toBe('EZ')
  expect(await stage.open()).toMatchObject([{ text: held, meaning: { searchPath: 'other' } }])
  await client.ask(send.query('reset search_path'))
  expect(types(await client.ask(send.query(held)))).toBe('CZ')
  await client.end()
  const asked = await WireClient.login(stage.relay.port, { user: 'x', search_path: 'other' })
  await asked.ask(send.query(held))
  expect(errorsIn(await asked.ask(send.query(held)))[0]?.['D']).toContain((await stage.open())[0]!.id)
  await asked.end()
})

test('a comment of the client’s passes for no search_path: what was approved under another isn’t spent by it', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  await client.ask(send.query('create schema scratch; create table scratch.effects (id int)'))
  await client.ask(send.query('set search_path = scratch'))
  await refusedThenApproved(stage, client, send.query(held))
  await stage.approvals.standing.add({
    ...{ id: 's1', subject: 'ada', name: 'Ada', connection: 'vectordb' },
    ...meant(stage, 'update effects set id = 2 -- hold', { searchPath: 'scratch' }),
    ...{ by: dana, groups: dana.groups, reason: 'backfill', createdAt: new Date().toISOString() },
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  })
  await client.ask(send.query('reset search_path'))
  for (const text of [held, 'update effects set id = 2 -- hold'])
    for (const forged of [text, `${text}\n-- search_path: scratch`])
      expect([forged, types(await client.ask(send.query(forged)))]).toEqual([forged, 'EZ'])
  expect(await stage.effects()).toEqual([])
  await client.ask(send.query('set search_path = scratch'))
  expect(types(await client.ask(send.query(held)))).toBe('CZ')
  expect(types(await client.ask(send.query('update effects set id = 2 -- hold')))).toBe('CZ')
  await client.end()
})
