import { expect, test } from 'vitest'
import { seePerson } from '../../../src/store/people/people.js'
import { enough } from '../../../src/store/approvals/counting.js'
import { errorsIn, send, types } from '../relay/wire-client.js'
import { approvalStage, dana, login, meant, type Stage } from './stage.js'

const eli = { subject: 'eli', name: 'Eli', groups: ['dba', 'security'] }
const fay = { subject: 'fay', name: 'Fay', groups: ['dba'] }
const held = 'insert into effects values (1) -- hold'

let issued = Date.now()
/** The provider names somebody's groups anew. */
const named = (stage: Stage, who: typeof dana, groups: readonly string[]) =>
  seePerson(stage.store.db, { ...who, groups, namedAt: issued++ }, Date.now())

test('a vote of who has left the group no longer counts, and counts again when they are back', async () => {
  await using stage = await approvalStage({ policy: { rule: { approvers: { groups: ['dba'], count: 2 } } } })
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  await named(stage, dana, ['dba'])
  await stage.approve(request!.id)
  await named(stage, dana, ['sales'])
  await stage.approve(request!.id, eli)
  expect((await stage.all())[0]).toMatchObject({ state: 'open' })
  await stage.approve(request!.id, fay)
  expect(types(await client.until(1))).toBe('NNCZ')
  expect(await stage.effects()).toEqual([1])
  await client.end()
})

test('what somebody approved who has left the group since doesn’t run', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  await client.ask(send.query(held))
  const [request] = await stage.open()
  await stage.approve(request!.id)
  await named(stage, dana, [])
  expect(errorsIn(await client.ask(send.query(held)))).toMatchObject([{ C: '42501' }])
  expect(await stage.effects()).toEqual([])
  await client.end()
})

test('with a token from before they left the group, nobody votes', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  await client.ask(send.query(held))
  const [request] = await stage.open()
  await named(stage, dana, ['sales'])
  await expect(stage.approve(request!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(stage.deny(request!.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await client.end()
})

test('a standing approval counts while its giver is in the group', async () => {
  await using stage = await approvalStage({ retry: true })
  const { client } = await login(stage)
  await stage.approvals.standing.give({
    ...{ id: 's1', subject: 'ada', name: 'Ada', connection: 'vectordb', ...meant(stage, held) },
    ...{ database: new URL(stage.url).pathname.slice(1), by: dana, groups: dana.groups, reason: 'backfill' },
    ...{ createdAt: new Date().toISOString(), expiresAt: new Date(Date.now() + 60_000).toISOString() },
  })
  const run = async () => types(await client.ask(send.query(held)))
  expect(await run()).toBe('CZ')
  await named(stage, dana, ['sales'])
  expect(await run()).toBe('EZ')
  await named(stage, dana, ['sales', 'dba'])
  expect(await run()).toBe('CZ')
  await client.end()
})

test('where it takes somebody of each of two groups, two of one are not enough', async () => {
  const all = [
    { groups: ['dba'], count: 1 },
    { groups: ['security'], count: 1 },
  ]
  await using stage = await approvalStage({
    policy: { rule: { approvers: { groups: ['dba', 'security'], count: 2, all } } },
  })
  const { client } = await login(stage)
  client.write(send.query(held))
  const [request] = await stage.open()
  // Who has approved with groups that the provider names is held against these.
  for (const who of [dana, fay, eli]) await named(stage, who, who.groups)
  await stage.approve(request!.id)
  await stage.approve(request!.id, fay)
  expect((await stage.all())[0]).toMatchObject({ state: 'open' })
  await stage.approve(request!.id, eli)
  expect(types(await client.until(1))).toBe('NNCZ')
  await client.end()
})

const dba = { groups: ['dba'], count: 1 }
const security = { groups: ['security'], count: 1 }
test.for([
  [[dba], [['dba']], true],
  [[dba], [['security']], false],
  [[{ ...dba, count: 2 }], [['dba']], false],
  [[{ ...dba, count: 2 }], [['dba'], ['dba', 'x']], true],
  [[dba, security], [['dba', 'security']], false],
  [[dba, security], [['dba'], ['dba']], false],
  // Whoever could sit in both seats makes room for who fits only one of them.
  [[dba, security], [['dba', 'security'], ['dba']], true],
  [[dba, security], [['security'], ['dba', 'security']], true],
  [[{ ...dba, count: 2 }, security], [['dba', 'security'], ['dba', 'security'], ['dba']], true],
  [
    [
      { groups: ['a', 'b'], count: 1 },
      { groups: ['b'], count: 1 },
    ],
    [['b'], ['a']],
    true,
  ],
] as const)('%j by members of %j: %s', ([needs, people, expected]) => {
  expect(enough(needs, people)).toBe(expected)
})
