import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { vectorDatabase } from '../../helpers/pgvector.js'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { askerOf } from '../../policy/asker.js'
import { guardOf } from './policy.js'
import { relayServer, type RelayServer } from './relay-server.js'
import { errorsIn, type Message, send, WireClient } from './wire-client.js'
import { share } from '../../helpers/suite/whole.js'

const tables = `
  CREATE TABLE people (id int PRIMARY KEY, name text, ssn text UNIQUE, pay numeric);
  INSERT INTO people VALUES (1, 'Ada', '078-05-1120', 4711), (2, 'Bob', '219-09-9999', 0);
  CREATE VIEW rich AS SELECT id, name FROM people WHERE 1 / pay < 1;
  CREATE TABLE guarded (id int, ssn text); INSERT INTO guarded VALUES (1, '5');
  ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
  CREATE POLICY positive ON guarded USING (1 / (ssn::int - 5) > 0)`
const masks = [{ columns: ['public.people.ssn', 'public.people.pay', 'public.guarded.ssn'] }]

let database: FreshDatabase
let admin: Client
let server: RelayServer

beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query(tables)
  server = await relayServer({ url: database.url, guard: await guardOf(database.url, { masks }) })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

/** Every way to send a text. */
const modes: Readonly<Record<string, (client: WireClient, text: string) => Promise<Message[]>>> = {
  'a simple query': (client, text) => client.ask(send.query(text)),
  'an extended query': (client, text) => client.ask(send.parse(text), send.bind(), send.execute(), send.sync()),
  'a prepared one': async (client, text) => [
    ...(await client.ask(send.parse(text, 's'), send.sync())),
    ...(await client.ask(send.bind([], { name: 's' }), send.execute(), send.sync())),
  ],
  'a portal in pieces': (client, text) =>
    client.ask(send.parse(text), send.bind([], { portal: 'p' }), send.execute('p', 1), send.execute('p'), send.sync()),
  EXECUTE: (client, text) => client.ask(send.query(`PREPARE e AS ${text}; EXECUTE e`)),
  'a cursor': async (client, text) => {
    await client.ask(send.query('BEGIN'))
    const declared = await client.ask(send.query(`DECLARE c CURSOR FOR ${text}`))
    return [...declared, ...(await client.ask(send.query('FETCH ALL FROM c')))]
  },
  COPY: (client, text) => client.ask(send.query(`COPY (${text}) TO STDOUT`)),
}

const firstError = async (mode: string, text: string, at = server) => {
  const client = await WireClient.login(at.port)
  const [error] = errorsIn(await modes[mode]!(client, text))
  await client.end()
  return error
}

const own = (text: string) =>
  admin.query(text).then(
    () => undefined,
    (error: unknown) => error as { code: string; message: string; hint?: string; position?: string },
  )

describe.for(Object.keys(modes))('as %s', (mode) => {
  const tried = (text: string): boolean => share(Object.keys(modes), text, 2).includes(mode)

  test.for(
    [
      'SELECT 1/0 FROM people',
      'SELECT ssn, pay FROM people WHERE id / 0 = 1',
      'SELECT name::int, ssn FROM people',
      "SELECT id FROM people WHERE ssn = '078-05-1120' AND name::int = 3",
      'SELECT count(ssn), count(DISTINCT ssn), sum(1 / (id - 1)) FROM people',
      'WITH p AS (SELECT id - 1 AS zero, ssn FROM people) SELECT 1 / zero, ssn FROM p',
      'SELECT ssn, count(*), max(1 / (id - 1)) FROM people WHERE pay IS NOT NULL GROUP BY ssn ORDER BY 2',
    ].filter(tried),
  )('%s: what fails by constants and clean values keeps the server’s own text', async (text) => {
    const expected = await own(text)
    const error = await firstError(mode, text)
    expect(error).toMatchObject({ C: expected?.code, M: expected?.message })
    expect(error?.R).not.toMatch(/^hoop/)
  })

  test.for(
    (
      [
        ['SELECT 1 / pay FROM people', '22012', 'division_by_zero'],
        ['SELECT id FROM people ORDER BY id / (SELECT min(pay) FROM people)', '42501', undefined],
        ['SELECT CASE WHEN pay > 5 THEN name::int END FROM people', '22P02', 'invalid_text_representation'],
        ['SELECT ssn::int FROM people', '22P02', 'invalid_text_representation'],
        ['SELECT coalesce(ssn::date, now()) FROM people', '22008|22007', undefined],
        ['SELECT pay FROM people UNION ALL SELECT name::numeric FROM people', '22P02', undefined],
        ['SELECT (SELECT ssn FROM people)', '21000', 'cardinality_violation'],
        ['SELECT id FROM rich', '22012', 'division_by_zero'],
        ['SELECT ssn::regclass FROM people', '42P01|42602', undefined],
      ] as const
    ).filter(([text]) => tried(text)),
  )('%s: what may fail by a masked value keeps the name of the condition alone', async ([text, code, name]) => {
    const error = await firstError(mode, text)
    expect(error?.C).toMatch(new RegExp(`^(?:${code})$`))
    if (code === '42501') return
    expect(error?.M).toContain('the text of this error is withheld')
    expect(error?.M).toContain(`(${error?.C})`)
    if (name !== undefined) expect(error?.M).toContain(`: ${name} (${code})`)
    for (const field of ['D', 'H', 'W', 'q'] as const) expect(error).not.toHaveProperty(field)
  })

  test.for(
    [
      'SELECT upper(pay) FROM people',
      'SELECT length(ssn) + name FROM people',
      "SELECT id FROM people WHERE id = 'x' AND ssn = '1'",
    ].filter(tried),
  )('%s: what the server finds in the text keeps its text, hint and position', async (text) => {
    const expected = await own(text)
    const error = await firstError(mode, text)
    expect(error).toMatchObject({ C: expected?.code, M: expected?.message })
    expect(error?.H).toBe(expected?.hint)
    expect(error).toHaveProperty('P')
  })
})

test.for([
  ['COPY people (nme) TO STDOUT', '42703', 'column "nme" of relation "people" does not exist'],
  ['CREATE INDEX ON people (nme)', '42703', 'column "nme" does not exist'],
] as const)('%s: a command that names what isn’t there hears so', async ([text, code, message]) => {
  expect(await firstError('a simple query', text)).toMatchObject({ C: code, M: message })
})

test('a constraint says nothing of the row, at the statement and at COMMIT', async () => {
  const error = await firstError('a simple query', "INSERT INTO people VALUES (3, 'Cy', '078-05-1120', 1)")
  expect(error?.M).toBe(
    'hoop: the text of this error is withheld, since the statement touches masked columns: unique_violation (23505)',
  )
  expect(error).not.toHaveProperty('D')
})

test('policies of a table’s own may compute anything', async () => {
  const guard = await guardOf(database.url, { masks })
  const quiet = (text: string) => {
    const decision = guard.decide(text, askerOf())
    return decision.kind === 'allow' && decision.statements.every((statement) => statement.quiet === true)
  }
  expect([quiet('SELECT id, ssn FROM people'), quiet('SELECT id, ssn FROM guarded')]).toEqual([true, false])
  expect(quiet('SELECT p.id, g.ssn FROM people p JOIN guarded g ON g.id = p.id')).toBe(false)
})

test('a parameter that can’t be read is the client’s own', async () => {
  const client = await WireClient.login(server.port)
  const text = 'SELECT upper(ssn) FROM people WHERE id = $1'
  const [error] = errorsIn(await client.ask(send.parse(text), send.bind(['one']), send.execute(), send.sync()))
  expect(error).toMatchObject({ C: '22P02', M: 'invalid input syntax for type integer: "one"' })
  await client.end()
})

test('what fails by constants is no question about masked values, and is not counted as one', async () => {
  const guard = await guardOf(database.url, { masks, masked_errors: 2 })
  await using capped = await relayServer({ url: database.url, guard })
  const client = await WireClient.login(capped.port)
  const codes = async (text: string) => errorsIn(await client.ask(send.query(text))).map(({ C }) => C)
  for (let i = 0; i < 5; i++) expect(await codes('SELECT 1/0, ssn FROM people')).toEqual(['22012'])
  for (let i = 0; i < 2; i++) expect(await codes('SELECT 1/(pay - 4711) FROM people')).toEqual(['22012'])
  expect(await codes('SELECT ssn FROM people')).toEqual(['53400'])
  await client.end()
})

describe('on pgvector', () => {
  let vectors: Awaited<ReturnType<typeof vectorDatabase>>
  let search: RelayServer
  beforeAll(async () => {
    vectors = await vectorDatabase()
    const owner = new Client({ connectionString: vectors.url })
    await owner.connect()
    await owner.query(`CREATE TABLE chunks (id int, sized vector(3), secret text); INSERT INTO chunks VALUES (1, '[1,2,3]', 'x');
      CREATE TABLE loose (id int, any_size vector); INSERT INTO loose VALUES (1, '[1,2,3,4]')`)
    await owner.end()
    const columns = ['public.chunks.sized', 'public.loose.any_size', 'public.chunks.secret']
    search = await relayServer({ url: vectors.url, guard: await guardOf(vectors.url, { masks: [{ columns }] }) })
  })
  afterAll(async () => {
    await search[Symbol.asyncDispose]()
    await vectors[Symbol.asyncDispose]()
  })

  test.for([
    ["SELECT id FROM chunks ORDER BY sized <=> '[1,2]' LIMIT 3", 'different vector dimensions 3 and 2'],
    ["SELECT id FROM chunks ORDER BY sized <-> '[1]'::vector LIMIT 3", 'different vector dimensions 3 and 1'],
    ["SELECT id FROM loose ORDER BY any_size <=> '[1,2]' LIMIT 3", undefined],
    ["SELECT subvector(sized, 1, length(secret)) <=> '[1,2,3]' FROM chunks", undefined],
    ["SELECT CASE WHEN secret > 'a' THEN sized <=> '[1]' ELSE sized <=> '[1,2]' END FROM chunks", undefined],
  ] as const)('%s: %s', async ([text, message]) => {
    for (const mode of ['a simple query', 'an extended query']) {
      const error = await firstError(mode, text, search)
      expect(error?.C).toBe('22000')
      if (message !== undefined) expect(error?.M).toBe(message)
      else expect(error?.M).toMatch(/withheld.*: data_exception \(22000\)$/)
    }
  })
})
