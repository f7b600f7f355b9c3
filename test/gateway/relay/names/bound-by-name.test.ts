import { afterAll, beforeAll, expect, test } from 'vitest'
import { budgets as section } from '../../../../src/policy/config/policy/budgets.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { approvalStage } from '../../approvals/stage.js'
import { guardOf } from '../policy.js'
import { relayServer } from '../relay-server.js'
import { errorsIn, send, types, WireClient } from '../wire-client.js'

let database: FreshDatabase

beforeAll(async () => {
  database = await freshDatabase()
  await (
    await database.client()
  ).query('CREATE TABLE notes (a int); CREATE TABLE people (ssn text); INSERT INTO people VALUES (842)')
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

const run = (name: string, values: readonly string[] = []) => [send.bind(values, { name }), send.execute(), send.sync()]

test('a Bind of what SQL prepared runs nothing where the session’s budget is used up', async () => {
  await using server = await relayServer({
    url: database.url,
    guard: await guardOf(database.url, {}),
    budgets: { session: { rows: 5 } },
  })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('PREPARE p AS INSERT INTO notes VALUES (1) RETURNING a'))
  await client.ask(send.query('SELECT generate_series(1, 5)'))
  const answer = await client.ask(...run('p'))
  expect(types(answer)).toBe('EZ')
  expect(errorsIn(answer)).toMatchObject([{ C: '53400' }])
  const { rows } = await (await database.client()).query('SELECT * FROM notes')
  expect(rows).toEqual([])
  await client.end()
})

test('a Bind of what SQL prepared is capped by errors over masked columns as EXECUTE is', async () => {
  const policy = {
    masks: [{ columns: ['public.people.ssn'], with: 'redact' }],
    predicates: { default: 'allow' },
    masked_errors: 2,
  }
  await using server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
  const client = await WireClient.login(server.port)
  await client.ask(send.query('PREPARE p AS SELECT 1 / (length(ssn) - length(ssn) + $1::int) FROM people'))
  for (let n = 0; n < 2; n++) expect(errorsIn(await client.ask(...run('p', ['0'])))).toMatchObject([{ C: '22012' }])
  const answer = await client.ask(...run('p', ['1']))
  expect(types(answer)).toBe('EZ')
  expect(errorsIn(answer)).toMatchObject([
    { M: expect.stringMatching(/^hoop: too many statements on masked/) as string },
  ])
  await client.end()
})

test('a Bind of what SQL prepared does not take the raise that another statement was given', async () => {
  const asking = { on_exceed: 'approve', approvers: { groups: ['dba'] }, raised: { rows: 50 } }
  await using stage = await approvalStage({ budgets: section.parse({ statement: { rows: 10, ...asking } }) })
  const client = await WireClient.login(stage.relay.port)
  await client.ask(send.query('PREPARE p AS SELECT generate_series(1, 40)'))
  const raised = send.query('SELECT generate_series(1, 30)')
  await client.ask(raised)
  client.write(raised)
  await stage.approve((await stage.open())[0]!.id)
  expect(errorsIn(await client.until(1))).toEqual([])
  const stopped = await client.ask(...run('p'))
  expect(errorsIn(stopped)).toMatchObject([{ C: '53400', H: expect.stringContaining('Run the same') as string }])
  client.write(...run('p'))
  await stage.approve((await stage.open())[0]!.id)
  const whole = await client.until(1)
  expect(errorsIn(whole)).toEqual([])
  expect(types(whole)).toMatch(/^N*2D{40}N*CZ$/)
  await client.end()
})
