import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { budgets as budgetsSection } from '../../../../src/policy/config/policy/budgets.js'
import { hoopCode } from '../../../../src/wire/hoop-code.js'
import { type FreshDatabase, freshDatabase } from '../../../helpers/database.js'
import { onSecondServer } from '../../../helpers/pgvector.js'
import { share } from '../../../helpers/suite/whole.js'
import { openPglite } from '../../../leaks/pglite.js'
import type { Opened } from '../../../leaks/world.js'
import { approvalStage } from '../../approvals/stage.js'
import { kill } from '../ending/killing.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServerOptions } from '../relay-server.js'
import { ways, type Way } from './ways.js'
import { errorsIn, type Message, send, states, WireClient } from '../wire-client.js'

const tables = `
  CREATE SEQUENCE ran; CREATE TABLE effects (id int not null); CREATE TABLE docs (id int); INSERT INTO docs SELECT generate_series(1, 9); ANALYZE docs;
  CREATE TABLE people (id int, ssn text); INSERT INTO people SELECT i, '078-05-11' || i FROM generate_series(20, 28) i`

const embeddings = `CREATE EXTENSION vector; CREATE TABLE documents (id int, embedding vector(4));
  INSERT INTO documents VALUES (1, '[1,0,0,0]'), (2, '[0,1,0,0]'), (3, '[0,0,1,0]')`

let database: FreshDatabase
let vectorDatabase: Opened

beforeAll(async () => {
  database = await freshDatabase()
  await (await database.client()).query(tables)
  vectorDatabase = onSecondServer() ? await freshDatabase() : await openPglite()
  await (await vectorDatabase.client()).query(embeddings)
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
  await vectorDatabase[Symbol.asyncDispose]()
})

afterEach(() => void vi.useRealTimers())

const every = Object.entries(ways).flatMap(([origin, runs]) =>
  Object.entries(runs).map(([run, way]) => [`${origin} × ${run}`, way] as const),
)
const possible = every.flatMap(([name, way]) => (typeof way === 'string' ? [] : [[name, way] as const]))

/** Of three documents with masked embeddings. */
const nearest = (n: number): string => `SELECT id FROM documents ORDER BY embedding <-> '[${n},0,0,0]' LIMIT 3`

const search = async (vectors: object) => {
  await (await vectorDatabase.client()).query('DEALLOCATE ALL')
  const policy = { masks: [{ columns: ['public.documents.embedding'] }], vectors }
  return relayServer({ url: vectorDatabase.url, guard: await guardOf(vectorDatabase.url, policy) })
}

const serve = async (policy: object, options: RelayServerOptions = {}) =>
  relayServer({ url: database.url, guard: await guardOf(database.url, policy), ...options })

/** Sends what goes before; what it answered. */
const prepare = async (client: WireClient, way: Way, text: string): Promise<Message[]> => {
  const all: Message[] = []
  for (const frames of way.before(text)) all.push(...(await client.ask(...frames)))
  return all
}

const rowsOf = (messages: readonly Message[], but = 0): number =>
  messages.filter(({ type }) => type === 'D' || type === 'd').length - but

const ask = (client: WireClient, way: Way, statement: string): Promise<Message[]> => {
  client.write(...way.run(statement))
  return client.until(way.ready ?? 1)
}

/** Rows of the statements that only fill a pipeline. */
const filling = (name: string): number => (name.endsWith('pipeline') ? 1 : 0)

const codesIn = (messages: readonly Message[]) =>
  errorsIn(messages.map(({ type, body }) => ({ type: type === 'N' ? 'E' : type, body }))).map((fields) =>
    hoopCode(fields),
  )

const from = { reads: ['public.docs'] }
const text = 'SELECT id FROM docs'
const asking = { approvers: { groups: ['dba'] } }

test('what the protocol can’t have is listed with its reason', () => {
  for (const [name, way] of every) if (typeof way === 'string') expect(way.length, name).toBeGreaterThan(8)
  expect(possible.length).toBeGreaterThan(20)
})

const names = possible.map(([name]) => name)

describe.for(possible)('%s', ([name, way]) => {
  const control = (title: string, holds: () => Promise<void>): void => {
    if (share(names, title, 4).includes(name)) test(title, holds)
  }

  // The server says where the first comes from; of the second only the analysis of what runs can tell.
  test.for(['SELECT ssn FROM people', 'SELECT lower(ssn) AS ssn FROM people'])('a mask in %s', async (masked) => {
    await using server = await serve({ masks: [{ columns: ['public.people.ssn'], with: { keep_last: 2 } }] })
    const client = await WireClient.login(server.port)
    const before = await prepare(client, way, masked)
    const answer = [...before, ...(await ask(client, way, masked))]
    expect(Buffer.concat(answer.map(({ body }) => body)).includes('078-05')).toBe(false)
    expect(rowsOf(answer, filling(name))).toBe(9)
    await client.end()
  })

  control('a rule that blocks from some hour on', async () => {
    const rule = { name: 'at-night', when: { ...from, outside: { from: '08:00', to: '18:00' } }, do: 'block' }
    await using server = await serve({ rules: [rule] })
    const client = await WireClient.login(server.port)
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime('2026-11-25T12:00:00Z')
    expect(codesIn(await prepare(client, way, text))).toEqual([])
    vi.setSystemTime('2026-11-25T20:00:00Z')
    const answer = await ask(client, way, text)
    expect(codesIn(answer)).toEqual(['STATEMENT_BLOCKED'])
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(0)
    vi.useRealTimers()
    await client.end()
  })

  control('a rule that warns', async () => {
    await using server = await serve({ rules: [{ name: 'careful', when: from, do: 'warn' }] })
    const client = await WireClient.login(server.port)
    const before = await prepare(client, way, text)
    const answer = await ask(client, way, text)
    expect(codesIn([...before, ...answer])).toContain('RULE_WARNING')
    expect(rowsOf(answer, filling(name))).toBe(9)
    await client.end()
  })

  control('a rule that wants an approval', async () => {
    const policy = { rules: [{ name: 'ask', when: from, do: 'approve', ...asking }] }
    await using stage = await approvalStage({ database, guardOf: (url) => guardOf(url, policy), retry: true })
    const client = await WireClient.login(stage.relay.port)
    const before = await prepare(client, way, text)
    const answer = before.some(({ type }) => type === 'E') ? before : await ask(client, way, text)
    expect(codesIn(answer)).toEqual(['APPROVAL_REQUIRED'])
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(0)
    await client.end()
  })

  control('a rule on the rows that the planner expects', async () => {
    await using server = await serve({ rules: [{ name: 'many', when: { rows_over: 5 }, do: 'block' }] })
    const client = await WireClient.login(server.port)
    const before = await prepare(client, way, text)
    const answer = before.some(({ type }) => type === 'E') ? before : await ask(client, way, text)
    expect(codesIn(answer)).toEqual(['STATEMENT_BLOCKED'])
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(0)
    await client.end()
  })

  control('the cap on errors over masked columns', async () => {
    const masks = [{ columns: ['public.people.ssn'], with: 'redact' }]
    await using server = await serve({ masks, predicates: { default: 'allow' }, masked_errors: 2 })
    const client = await WireClient.login(server.port)
    const failing = 'SELECT 1 FROM people WHERE ssn::int = 1'
    const seen = 'SELECT ssn FROM people'
    const before = await prepare(client, way, seen)
    expect(codesIn(before)).toEqual([])
    const inside = states(before).endsWith('T')
    for (let n = 0; n < 2; n++) {
      if (inside) await client.ask(send.query('SAVEPOINT s'))
      expect(errorsIn(await client.ask(send.query(failing)))).toHaveLength(1)
      if (inside) await client.ask(send.query('ROLLBACK TO s'))
    }
    const answer = await ask(client, way, seen)
    expect(codesIn(answer)).toEqual(['MASKED_ERRORS'])
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(0)
    await client.end()
  })

  control('the cap on rows of a search in masked vectors', async () => {
    await using server = await search({ k: 2 })
    const client = await WireClient.login(server.port)
    const before = await prepare(client, way, nearest(1))
    const answer = [...before, ...(await ask(client, way, nearest(1)))]
    expect(codesIn(answer)).toContain('VECTOR_CAP')
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(0)
    await client.end()
  })

  control('the cap on vectors that masked ones are searched with', async () => {
    await using server = await search({ queries: 2 })
    const searched = async (client: WireClient, ...ns: readonly number[]): Promise<void> => {
      for (const n of ns) await client.ask(send.query(nearest(n)))
    }
    const first = await WireClient.login(server.port)
    const opened = await prepare(first, way, nearest(1))
    if (!states(opened).endsWith('T')) await searched(first, 2, 3, 4)
    const answer = states(opened).endsWith('T') ? [] : await ask(first, way, nearest(1))
    await first.end()
    // A cursor or portal searches when it is opened, in a transaction that a refusal would end.
    if (states(opened).endsWith('T')) {
      const second = await WireClient.login(server.port)
      await searched(second, 2, 3)
      answer.push(...(await prepare(second, way, nearest(1))), ...(await ask(second, way, nearest(1))))
      await second.end()
    }
    expect(codesIn(answer)).toContain('BUDGET_EXHAUSTED')
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(0)
  })

  control('the budget of a statement', async () => {
    await using server = await serve({}, { budgets: { statement: { rows: 3 } } })
    const client = await WireClient.login(server.port)
    await prepare(client, way, text)
    const answer = await ask(client, way, text)
    expect(codesIn(answer)).toContain('BUDGET_EXHAUSTED')
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(3)
    await client.end()
  })

  test.for([
    ['session', { session: { rows: 5 } }],
    ['identity', { identity: { rows: 5, per: 'day' } }],
  ] as const)('the budget of a %s that is used up', async ([, budgets]) => {
    await using server = await serve({}, { budgets: budgetsSection.parse(budgets) })
    const client = await WireClient.login(server.port)
    const owner = await database.client()
    await owner.query("SELECT setval('ran', 1, false)")
    const effect = "SELECT nextval('ran')"
    await prepare(client, way, effect)
    await client.ask(send.query('SELECT generate_series(1, 5)'))
    const answer = await ask(client, way, effect)
    expect(codesIn(answer)).toContain('BUDGET_EXHAUSTED')
    expect(rowsOf(answer)).toBe(0)
    // It was not run, rather than run and withheld.
    expect((await owner.query('SELECT is_called FROM ran')).rows).toEqual([{ is_called: false }])
    await owner.end()
    await client.end()
  })

  control('a raise that another statement was given', async () => {
    const budgets = budgetsSection.parse({
      statement: { rows: 3, on_exceed: 'approve', ...asking, raised: { rows: 50 } },
    })
    await using stage = await approvalStage({ database, guardOf: (url) => guardOf(url, {}), budgets: budgets })
    const client = await WireClient.login(stage.relay.port)
    const before = await prepare(client, way, text)
    const raised = [
      send.close('S', 'r'),
      send.parse('SELECT generate_series(1, 8)', 'r'),
      send.bind([], { name: 'r' }),
      send.execute(),
      send.sync(),
    ]
    // Inside of a transaction nobody waits for an approval; there the other statement only asks for one.
    const inside = states(before).endsWith('T')
    if (inside) await client.ask(send.query('SAVEPOINT s'))
    await client.ask(...raised)
    if (inside) await client.ask(send.query('ROLLBACK TO s'))
    if (!inside) {
      client.write(...raised)
      await stage.approve((await stage.open())[0]!.id)
      expect(rowsOf(await client.until(1))).toBe(8)
    }
    const answer = await ask(client, way, text)
    expect(codesIn(answer)).toContain('BUDGET_EXHAUSTED')
    expect(rowsOf(answer, filling(name))).toBeLessThanOrEqual(3)
    await client.end()
  })

  control('a raise inside of a transaction, where nobody waits for it', async () => {
    const budgets = budgetsSection.parse({
      statement: { rows: 3, on_exceed: 'approve', ...asking, raised: { rows: 50 } },
    })
    await using stage = await approvalStage({
      ...{ database, guardOf: (url: string) => guardOf(url, {}), budgets, retry: true },
    })
    const client = await WireClient.login(stage.relay.port)
    await client.ask(send.query('BEGIN; SAVEPOINT s'))
    const attempt = async (): Promise<Message[]> => {
      await client.ask(send.query('ROLLBACK TO s; DEALLOCATE ALL'))
      const before = await prepare(client, way, text)
      return [...before, ...(await ask(client, way, text))]
    }
    const first = await attempt()
    expect(codesIn(first)).toContain('BUDGET_EXHAUSTED')
    const second = await attempt()
    expect(rowsOf(second, filling(name))).toBeLessThanOrEqual(3)
    // A cursor is opened by a statement that returns nothing: its FETCH can ask, its Execute can't.
    if (way.goesOn) expect(codesIn(second)).toContain('BUDGET_EXHAUSTED')
    else {
      expect(codesIn(second)).toContain('APPROVAL_REQUIRED')
      await stage.approve((await stage.open())[0]!.id)
      const third = await attempt()
      expect(codesIn(third)).not.toContain('BUDGET_EXHAUSTED')
      expect(rowsOf(third, filling(name))).toBe(9)
    }
    await client.end()
  })

  control('a session that was shut out', async () => {
    await using server = await serve({})
    const client = await WireClient.login(server.port)
    await prepare(client, way, text)
    void kill(server)
    client.write(...way.run(text))
    const answer = await client.untilType('?')
    expect(codesIn(answer)).toEqual(['SESSION_KILLED'])
    expect(rowsOf(answer)).toBe(0)
    client.socket.destroy()
  })
})
