import { expect, test } from 'vitest'
import type { ApprovalRule, Decision } from '../../../src/policy/decision.js'
import { errorsIn, send, types, WireClient } from '../relay/wire-client.js'
import { approvalStage, dana, type Stage } from './stage.js'

const facts = { kind: 'insert', kinds: ['insert'], reads: [], writes: [], scrub: false, ddl: false } as const
const rule = (name: string, group: string, more: Partial<ApprovalRule> = {}): ApprovalRule => ({
  ...{ name, approvers: { groups: [group], count: 1 }, expires: 60_000 },
  ...more,
})

const sam = { subject: 'sam', name: 'Sam', groups: ['security'] }

const staged = (more: Partial<ApprovalRule> = {}) =>
  approvalStage({
    policy: {
      decide: (text): Decision => ({
        ...{ kind: 'hold', statements: [facts], rule: rule('for-the-dba', 'dba', more) },
        ...(text.includes('-- both') && { others: [rule('for-security', 'security', more)] }),
      }),
    },
  })

const insert = 'insert into effects values (1) -- both'

const requests = async (stage: Stage) => {
  const open = await stage.open(2)
  const of = (name: string) => open.find((each) => each.rule === name)!.id
  return { dba: of('for-the-dba'), security: of('for-security') }
}

test('a statement that two rules hold waits for both, each with its own approvers', async () => {
  await using stage = await staged()
  const client = await WireClient.login(stage.relay.port)
  client.write(send.query(insert))
  const { dba, security } = await requests(stage)
  await expect(stage.approve(security)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await stage.approve(dba)
  expect(await stage.effects()).toEqual([])
  expect((await stage.all()).map(({ state }) => state)).toContain('open')
  await stage.approve(security, sam)
  expect(types(await client.until(1)).replaceAll('N', '')).toBe('CZ')
  expect(await stage.effects()).toEqual([1])
  expect((await stage.all()).map(({ state }) => state)).toEqual(['used', 'used'])
  await client.end()
  const events = await stage.relay.recording()
  const ran = events.find(({ type }) => type === 'statement')
  expect(new Set((ran as { approval: string }).approval.split(' '))).toEqual(new Set([dba, security]))
})

test('where one of two is denied, the other is withdrawn and nothing runs', async () => {
  await using stage = await staged()
  const client = await WireClient.login(stage.relay.port)
  client.write(send.query(insert))
  const { dba, security } = await requests(stage)
  await stage.deny(security, sam)
  const answer = await client.until(1)
  expect(errorsIn(answer)).toMatchObject([{ C: '42501', M: 'hoop: the approval was denied: Sam: not today' }])
  await expect.poll(async () => (await stage.all()).find(({ id }) => id === dba)?.state).toBe('withdrawn')
  expect(await stage.effects()).toEqual([])
  expect(types(await client.ask(send.parse('select 1'), send.sync()))).toBe('1Z')
  await client.end()
})

test('to be run again, it takes both, once', async () => {
  await using stage = await staged({ mode: 'retry' })
  const client = await WireClient.login(stage.relay.port)
  const run = () => client.ask(send.query(insert))
  const [first] = errorsIn(await run())
  const { dba, security } = await requests(stage)
  expect(first).toMatchObject({ C: '42501', H: expect.stringContaining(dba) as string })
  expect(first?.['H']).toContain(security)
  await stage.approve(dba, dana)
  // The one that was given stays for when the other is there.
  expect(errorsIn(await run())[0]?.['H']).toContain(security)
  await stage.approve(security, sam)
  expect(types(await run())).toBe('CZ')
  expect(await stage.effects()).toEqual([1])
  expect((await stage.all()).map(({ state }) => state)).toEqual(['used', 'used'])
  expect(types(await run())).toBe('EZ')
  expect(await stage.open(2)).toHaveLength(2)
  expect(await stage.effects()).toEqual([1])
  await client.end()
})

test('an approval for one rule doesn’t stand for another', async () => {
  await using stage = await staged({ mode: 'retry' })
  const client = await WireClient.login(stage.relay.port)
  const alone = 'insert into effects values (1)'
  await client.ask(send.query(alone))
  const [request] = await stage.open()
  await stage.approve(request!.id)
  stage.policy.decide = () => ({ kind: 'hold', statements: [facts], rule: rule('another', 'dba', { mode: 'retry' }) })
  expect(types(await client.ask(send.query(alone)))).toBe('EZ')
  expect(await stage.effects()).toEqual([])
  await client.end()
})
