import { expect, test } from 'vitest'
import { budgets as section } from '../../../src/policy/config/policy/budgets.js'
import { errorsIn, send, types, WireClient, type Message } from '../relay/wire-client.js'
import { approvalStage } from './stage.js'

const asking = { on_exceed: 'approve', approvers: { groups: ['dba'] } }

const staged = (budgets: object) => approvalStage({ budgets: section.parse(budgets) })

const rows = (messages: readonly Message[]): number =>
  messages.filter(({ type }) => type === 'D' || type === 'd').length

const ways: readonly (readonly [name: string, send: (rows: number) => Buffer[]])[] = [
  ['a simple query', (n) => [send.query(`select generate_series(1, ${n})`)]],
  [
    'an extended query with a parameter',
    (n) => [
      send.parse('select generate_series(1, $1::int)'),
      send.bind([String(n)], { results: [1] }),
      send.execute(),
      send.sync(),
    ],
  ],
  ['COPY', (n) => [send.query(`copy (select generate_series(1, ${n})) to stdout`)]],
]

test.for(ways)('%s that a budget stopped may be run again to ask for more, once', async ([, frames]) => {
  await using stage = await staged({ statement: { rows: 10, ...asking, raised: { rows: 50 } } })
  const client = await WireClient.login(stage.relay.port)
  const stopped = await client.ask(...frames(40))
  expect(rows(stopped)).toBeLessThanOrEqual(10)
  expect(errorsIn(stopped)).toMatchObject([{ C: '53400', H: expect.stringContaining('Run the same') as string }])
  client.write(...frames(40))
  const [request] = await stage.open()
  expect(request).toMatchObject({
    rule: 'budget statement',
    message: 'the statement budget, 10 rows, is not enough for it',
  })
  await stage.approve(request!.id)
  const whole = await client.until(1)
  expect(errorsIn(whole)).toEqual([])
  expect(rows(whole)).toBe(40)
  // Another is bounded as before, and this one has to be asked for anew.
  expect(errorsIn(await client.ask(...frames(30)))).toMatchObject([{ C: '53400' }])
  client.write(...frames(40))
  const again = await stage.open()
  await stage.deny(again[0]!.id)
  expect(errorsIn(await client.until(1))).toMatchObject([{ C: '42501' }])
  await client.end()
})

test('what was approved is bounded by what it was raised to', async () => {
  await using stage = await staged({ statement: { rows: 10, ...asking, raised: { rows: 50 } } })
  const client = await WireClient.login(stage.relay.port)
  const all = send.query('select generate_series(1, 100000)')
  await client.ask(all)
  client.write(all)
  await stage.approve((await stage.open())[0]!.id)
  const more = await client.until(1)
  expect(rows(more)).toBeLessThanOrEqual(50)
  expect(rows(more)).toBeGreaterThan(10)
  expect(errorsIn(more)).toMatchObject([{ C: '53400', M: expect.stringContaining('50 rows') as string }])
  expect(types(await client.ask(send.query('select 1')))).toBe('TDCZ')
  await client.end()
})

test('where a session’s budget is used up, the next statement waits at once, and others of the session too', async () => {
  await using stage = await staged({ session: { rows: 10, ...asking } })
  const client = await WireClient.login(stage.relay.port)
  await client.ask(send.query('select generate_series(1, 10)'))
  for (const text of ['select generate_series(1, 20)', 'select 1']) {
    client.write(send.query(text))
    await stage.approve((await stage.open())[0]!.id)
    expect(errorsIn(await client.until(1))).toEqual([])
  }
  await client.end()
})

test('a budget that nobody may raise refuses, also beside one that may be', async () => {
  await using stage = await staged({ statement: { rows: 10, ...asking }, session: { rows: 15 } })
  const client = await WireClient.login(stage.relay.port)
  const all = send.query('select generate_series(1, 100)')
  await client.ask(all)
  client.write(all)
  await stage.approve((await stage.open())[0]!.id)
  const stopped = await client.until(1)
  expect(rows(stopped)).toBeLessThanOrEqual(5)
  expect(errorsIn(stopped)).toMatchObject([{ C: '53400', M: expect.stringContaining('the session budget') as string }])
  await client.end()
})

test('approvers belong to budgets that can be raised, and those need some', () => {
  expect(section.safeParse({ statement: { rows: 1, on_exceed: 'approve' } }).success).toBe(false)
  expect(section.safeParse({ statement: { rows: 1, approvers: { groups: ['dba'] } } }).success).toBe(false)
  expect(section.safeParse({ statement: { ...asking } }).success).toBe(false)
  expect(section.safeParse({ identity: { rows: 1, ...asking, raised: {} } }).success).toBe(false)
})
