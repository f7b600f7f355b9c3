import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ResultEvent, SessionEvent } from '../../../../src/recording/events.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { servers } from '../../../helpers/postgres/servers.js'
import { guardOf } from '../policy.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { rowsIn, send, WireClient, type Message } from '../wire-client.js'

const [email, ssn, card] = ['grace.canary@example.org', '219-45-9876', '4111 1111 1111 1111']
const canaries = ['canary', '9876', '1111', 'EMP-123456']
const policy = {
  masks: [
    { columns: ['public.people.secret'], with: { keep_last: 2 } },
    { detect: ['us_ssn', 'credit_card', 'email', 'ip'], with: 'redact' },
    { detect: [{ pattern: 'EMP-\\d{6}', name: 'employee' }], with: 'redact' },
  ],
}

/** Columns of every type that can hold text, filled with what is to be found. */
const seed = `
  CREATE TABLE notes (line text); INSERT INTO notes VALUES ('${email}');
  CREATE DOMAIN note AS text; CREATE TYPE pair AS (a text, b int); CREATE TYPE mood AS ENUM ('ada@x.org', 'ok');
  CREATE TABLE people (id int PRIMARY KEY, secret text, free text, short varchar(8), fixed char(30), doc json, docb jsonb,
    page xml, tags text[], docs jsonb[], domains note[], duo pair, lexemes tsvector, feeling mood, number bigint, bytes bytea);
  INSERT INTO people VALUES (1, 'xyz-${ssn}', 'mail ${email}, ssn ${ssn}; card ${card} EMP-123456', '9@abc.de', '${email}',
    '{"a": "grace\\u002ecanary\\u0040example.org", "b": [4111111111111111, 4.111111111111111e15], "${email}": 1}',
    '{"deep": {"ssn": "${ssn}", "n": 4111111111111111}}', '<p>grace.canary&#64;example.org</p>',
    ARRAY['${email}', NULL, 'fine, "${ssn}"'], ARRAY['{"x": "${email}"}'::jsonb], ARRAY['${email}'::note],
    ROW('${email}', 7), to_tsvector('simple', '${email}'), 'ok', 4111111111111111, 'abc'),
    (2, NULL, 'nothing here', 'short', 'plain', '{"a": 1}', '[]', '<a/>', '{a,b}', '{}', '{x}', ROW('x', 1), 'cat', 'ok', 5, '\\x00ff')`
const columns =
  'free, short, fixed, doc, docb, page, tags, docs, domains, duo, lexemes, duo::text, doc::text, docb::text, ROW(free, tags), ARRAY[ROW(free)]'

const bytesOf = (messages: readonly Message[]): string =>
  messages.map(({ type, body }) => (type === 'D' || type === 'd' ? body.toString('latin1') : '')).join('\n')

describe.for(servers())('on %s', ([, url]) => {
  let database: FreshDatabase
  let server: RelayServer
  let clear: RelayServer
  const resultsOf = (events: readonly SessionEvent[]): ResultEvent[] =>
    events.filter((event) => event.type === 'result')

  beforeAll(async () => {
    database = await freshDatabase(url)
    const admin = await database.client()
    await admin.query(seed)
    const guarded = async (seen: boolean) =>
      relayServer({ url: database.url, guard: await guardOf(database.url, policy, seen) })
    server = await guarded(false)
    clear = await guarded(true)
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await clear[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  test.for([
    ['by a simple query', (sql: string) => [send.query(sql)]],
    ['in text', (sql: string) => [send.parse(sql), send.bind(), send.execute(), send.sync()]],
    ['in binary', (sql: string) => [send.parse(sql), send.bind([], { results: [1] }), send.execute(), send.sync()]],
  ] as const)('nothing that is detected leaves in any type of column, asked for %s', async ([, asking]) => {
    const client = await WireClient.login(server.port)
    for (const column of columns.split(/, (?![^(]*\))/)) {
      const messages = await client.ask(...asking(`SELECT ${column} FROM people ORDER BY id`))
      expect(
        messages.filter(({ type }) => type === 'D'),
        column,
      ).toHaveLength(2)
      for (const canary of canaries) expect(bytesOf(messages), column).not.toContain(canary)
    }
    await client.end()
  })

  test.for(['text', 'csv', 'binary'])('nothing that is detected leaves by COPY in %s', async (format) => {
    const client = await WireClient.login(server.port)
    for (const what of ['people (free, doc, docb, page, tags, duo)', '(SELECT free, doc, tags, docb FROM people)']) {
      const messages = await client.ask(send.query(`COPY ${what} TO STDOUT (FORMAT ${format})`))
      const bytes = bytesOf(messages)
      expect(bytes).toContain('nothing here')
      for (const canary of canaries) expect(bytes, what).not.toContain(canary)
    }
    await client.end()
  })

  test('what is left is valid, keeps its length and its structure', async () => {
    const own = new URL(database.url).pathname.slice(1)
    const pg = new Client({ host: '127.0.0.1', port: server.port, user: 'x', database: own, password: '' })
    await pg.connect()
    const { rows } = await pg.query(
      'SELECT secret, free, short, fixed, doc, docb, page, tags, feeling, number FROM people ORDER BY id',
    )
    expect(rows[0]).toEqual({
      secret: '****76',
      free: 'mail [email], ssn [us_ssn]; card [credit_card] [employee]',
      short: '[email]',
      fixed: '[email]'.padEnd(30),
      doc: { a: '[email]', b: ['[credit_card]', '[credit_card]'], '[email]': 1 },
      docb: { deep: { ssn: '[us_ssn]', n: '[credit_card]' } },
      page: '<p>[email]</p>',
      tags: ['[email]', null, 'fine, "[us_ssn]"'],
      feeling: 'ok',
      number: '4111111111111111',
    })
    expect(rows[1]).toMatchObject({ free: 'nothing here', doc: { a: 1 }, tags: ['a', 'b'] })
    await pg.end()
  })

  test('the recording counts what was found, marks columns and holds what the client saw', async () => {
    const client = await WireClient.login(server.port)
    await client.ask(send.query('SELECT id, free, secret FROM people ORDER BY id'))
    await client.ask(send.query('COPY people (free) TO STDOUT'))
    await client.end()
    const events = await server.recording(server.sessions.length - 1)
    const [select, copy] = resultsOf(events)
    const detected = { us_ssn: 1, credit_card: 1, email: 1, employee: 1 }
    expect(select).toMatchObject({ detected, masked: 2 })
    expect(select?.columns?.[1]).toMatchObject({
      name: 'free',
      detected: ['credit_card', 'email', 'employee', 'us_ssn'],
    })
    expect(select?.columns?.[2]).toMatchObject({ name: 'secret', mask: 'keep_last' })
    expect(copy).toMatchObject({ detected, masked: 1 })
    for (const canary of canaries) expect(JSON.stringify(events)).not.toContain(canary)
    expect(Buffer.from(copy?.copySeen ?? '', 'base64').toString()).toContain('[email]')
  })

  test('errors and notices don’t quote what is detected, nor does the recording', async () => {
    const client = await WireClient.login(server.port)
    for (const sql of [
      'SELECT line::int FROM notes',
      `DO $$ BEGIN RAISE NOTICE 'see %', (SELECT '${email}'); END $$`,
      `DO $$ BEGIN RAISE EXCEPTION 'see' USING DETAIL = '${email}'; END $$`,
    ]) {
      const messages = await client.ask(send.query(sql))
      const said = messages.filter(({ type }) => type === 'E' || type === 'N').map(({ body }) => body.toString())
      expect(said.join()).toContain('[email]')
      expect(said.join()).not.toContain('canary')
    }
    await client.end()
    const events = await server.recording(server.sessions.length - 1)
    const results = events.filter(({ type }) => type === 'result' || type === 'notice')
    expect(JSON.stringify(results)).toContain('[email]')
    expect(JSON.stringify(results)).not.toContain('canary')
  })

  test('payloads of notifications leave without what is detected, and are recorded so', async () => {
    const payloadFor = async (to: RelayServer): Promise<string> => {
      const client = await WireClient.login(to.port)
      await client.ask(send.query('LISTEN news'))
      const messages = await client.ask(send.query(`NOTIFY news, 'from ${email}'`))
      const body = messages.find(({ type }) => type === 'A')!.body
      expect(body.readInt32BE(0)).toBeGreaterThan(0)
      await client.end()
      return body.toString('utf8', 4)
    }
    expect(await payloadFor(server)).toBe('news\0from [email]\0')
    expect(await payloadFor(clear)).toBe(`news\0from ${email}\0`)
    for (const to of [server, clear]) {
      const notices = (await to.recording(to.sessions.length - 1)).filter(({ type }) => type === 'notice')
      expect(JSON.stringify(notices)).toContain('news: from [email]')
    }
  })

  test('people who may see values see them, and the recording does not', async () => {
    const client = await WireClient.login(clear.port)
    const messages = await client.ask(send.query('SELECT free FROM people ORDER BY id'))
    expect(rowsIn(messages)[0]?.[0]).toContain(email)
    expect(bytesOf(await client.ask(send.query('COPY people (free) TO STDOUT')))).toContain(email)
    await client.end()
    const events = await clear.recording(clear.sessions.length - 1)
    expect(resultsOf(events)[0]).toMatchObject({ seenClear: true, detected: { email: 1 } })
    expect(JSON.stringify(events)).not.toContain('canary')
  })

  test('a policy of detectors alone works, also on a portal that was prepared by SQL', async () => {
    await using only = await relayServer({
      url: database.url,
      guard: await guardOf(database.url, {
        masks: [{ detect: ['email'], with: 'hash', except: ['public.people.short'] }],
      }),
    })
    const client = await WireClient.login(only.port)
    await client.ask(send.query(`PREPARE p AS SELECT free, short FROM people WHERE id = 1`))
    const [row] = rowsIn(await client.ask(send.query('EXECUTE p')))
    expect(row?.[0]).toMatch(/^mail \[email:[0-9a-f]{16}\], ssn 219/)
    expect(row?.[1]).toBe('9@abc.de')
    await client.ask(send.query('BEGIN; DECLARE c CURSOR FOR SELECT fixed FROM people ORDER BY id'))
    const read = await client.ask(send.execute('c', 1), send.sync())
    expect(bytesOf(read)).toMatch(/\[email:/)
    await client.end()
  })
})
