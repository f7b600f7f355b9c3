import { expect, test } from 'vitest'
import type { AccessView } from '../../../src/gateway/access/view.js'
import { lostAccess } from '../../../src/gateway/access/denial.js'
import { type Started, started } from '../server/start/started.js'

/** A gateway with a second policy, and people who see masked columns in the clear. */
const begin = () =>
  started(async (folder) => {
    await folder.edit(/^policies:\n/m, 'policies:\n  other: {}\n')
    await folder.edit('clear_for: []', 'clear_for: [dpo]')
  })

const change = async (it: Started, ...edits: readonly [RegExp | string, string][]): Promise<void> => {
  for (const [from, to] of edits) await it.folder.edit(from, to)
  await it.gateway.reload()
  expect(it.log.filter(({ level }) => level === 'error')).toEqual([])
}

const lost = 'hoop: the session was ended: you may no longer use vectordb'
const changed = 'hoop: the session was ended: what you may do on vectordb has changed'

test.for<[string, string, RegExp | string, string, string]>([
  ['a group', 'mika', 'groups: [ml-eng]', 'groups: [others]', lost],
  ['the connection', 'mika', /^ {2}vectordb:$/m, '  elsewhere:', lost],
  ['another policy', 'mika', 'policy: default', 'policy: other', changed],
  ['clear values', 'dora', 'clear_for: [dpo]', 'clear_for: []', changed],
])('a reload that takes away or changes %s ends whom it concerns', async ([, account, from, to, message]) => {
  await using it = await begin()
  const session = await (await it.person(account)).connect()
  const running = session.client.query('SELECT pg_sleep(60)').catch((error: unknown) => error)
  await change(it, [from, to])
  expect(await running).toMatchObject({ code: '57P01', message })
})

test('a reload that changes what a policy says ends nobody', async () => {
  await using it = await begin()
  const session = await (await it.person('mika')).connect()
  await change(it, ['rules: []', 'rules: [{ name: no-drop, when: { statement: [drop] }, do: block }]'])
  await change(it, ['clear_for: [dpo]', 'clear_for: []'])
  expect((await session.client.query('SELECT 1')).rowCount).toBe(1)
})

test('who broke the glass may not go on where nobody may break it any more', () => {
  const terms = { clearFor: [], masks: [], rules: [], approvers: [], breakGlass: ['oncall'] }
  const access = [{ groups: ['oncall'], policy: 'research' }]
  const view = (policy: typeof terms) =>
    ({ connections: { db: { databases: ['db'], access } }, policies: { research: policy } }) as unknown as AccessView
  const session = (breakGlass: boolean) => ({
    ...{ id: 's', subject: 'ada', name: 'Ada', chain: 'c', connection: 'db' },
    access: { person: { subject: 'ada', groups: ['oncall'] }, policy: 'research', clear: false, breakGlass },
  })
  const tokens = { known: <P>(person: P): P => person }
  expect(lostAccess(() => view(terms), tokens)(session(true))).toBeUndefined()
  const without = lostAccess(() => view({ ...terms, breakGlass: [] }), tokens)
  expect([without(session(true))?.error.code, without(session(false))]).toEqual(['SESSION_KILLED', undefined])
})

test.for([
  ['the role that a group gives', { role: 'high' }, ['dba', 'ml-eng'], undefined],
  ['the role of a group that is lost', { role: 'high' }, ['ml-eng'], 'SESSION_KILLED'],
  ['the role of a group that is gained', { role: 'low' }, ['dba', 'ml-eng'], 'SESSION_KILLED'],
  ['a role where there was none', {}, ['ml-eng'], 'SESSION_KILLED'],
  ['a group that a rule exempts, held', { role: 'low', held: ['oncall'] }, ['ml-eng', 'oncall'], undefined],
  ['a group that a rule exempts, lost', { role: 'low', held: ['oncall'] }, ['ml-eng'], 'SESSION_KILLED'],
  ['a group that a rule names, gained', { role: 'low' }, ['ml-eng', 'oncall'], 'SESSION_KILLED'],
  ['a group that nothing names', { role: 'low' }, ['ml-eng', 'chess'], undefined],
] as const)('a live session goes by %s', ([, began, groups, ends]) => {
  const role = { default: 'low', groups: { dba: 'high' } }
  const { held = [], ...as } = { held: [] as readonly string[], ...began }
  const terms = { clearFor: [], masks: [], rules: [], approvers: [], breakGlass: [] }
  const view = {
    connections: { db: { databases: ['db'], access: [{ groups: ['ml-eng'], policy: 'research' }], role } },
    policies: { research: terms },
  } as unknown as AccessView
  const person = { subject: 'ada', groups }
  const access = { ...{ person, policy: 'research', clear: false, breakGlass: false }, ...as }
  const ending = lostAccess(() => view, { known: <P>(one: P): P => one })({
    ...{ id: 's', subject: 'ada', name: 'Ada', chain: 'c', connection: 'db' },
    access: { ...access, counted: { groups: ['oncall'], held } },
  })
  expect(ending?.error.code).toBe(ends)
})
