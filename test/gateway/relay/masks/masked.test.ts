import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ResultEvent } from '../../../../src/recording/events.js'
import { startupMessage } from '../../../../src/wire/startup.js'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { everyByte } from '../../../helpers/cuts.js'
import { guardOf } from '../policy.js'
import { servers } from '../../../helpers/postgres/servers.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, rowsIn, send, types, WireClient } from '../wire-client.js'

const canary = '078-05-1120'
const policy = {
  masks: [
    { columns: ['public.people.ssn'], with: { keep_last: 4 } },
    { columns: ['public.people.email'], with: 'hash' },
  ],
}

describe.for(servers())('on %s', ([, url]) => {
  let database: FreshDatabase
  let server: RelayServer
  beforeAll(async () => {
    database = await freshDatabase(url)
    const admin = await database.client()
    await admin.query(`CREATE TABLE people (id int PRIMARY KEY, name text, ssn text CHECK (length(ssn) < 20) UNIQUE, email varchar(40));
    INSERT INTO people VALUES (1, 'Ada', '${canary}', 'ada@example.com'), (2, 'Bob', NULL, NULL), (3, 'Cy"n', '219-09-9999', 'c,y@x');
    CREATE TABLE other (id int, ssn text); INSERT INTO other VALUES (1, 'not masked')`)
    server = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const text = (messages: readonly { type: string; body: Buffer }[]): string =>
    messages.flatMap(({ type, body }) => (type === 'd' ? [body.toString()] : [])).join('')

  test('COPY out in text, CSV and binary is masked, at every cut of the server’s stream', async () => {
    const client = await WireClient.login(server.port)
    expect(text(await client.ask(send.query('COPY people TO STDOUT')))).toMatch(
      /^1\tAda\t\*+1120\t[^@\t]+\n2\tBob\t\\N\t\\N\n3\tCy"n\t\*+9999\t[^@\t]+\n$/,
    )
    expect(
      text(await client.ask(send.query("COPY people (ssn, name) TO STDOUT (FORMAT csv, HEADER, DELIMITER ';')"))),
    ).toMatch(/^ssn;name\n"?\*+1120"?;Ada\n;Bob\n"?\*+9999"?;"Cy""n"\n$/)
    const binary = await client.ask(
      send.query('COPY (SELECT ssn, id FROM people ORDER BY id) TO STDOUT (FORMAT binary)'),
    )
    expect(text(binary)).toContain('1120')
    expect(text(binary)).not.toContain(canary)
    const extended = await client.ask(send.parse('COPY people TO STDOUT'), send.bind(), send.execute(), send.sync())
    expect(text(extended)).not.toContain(canary)
    await client.end()
  })

  test('one byte at a time', async () => {
    const client = await WireClient.login(server.port)
    for (const byte of everyByte(send.query('SELECT ssn FROM people ORDER BY id'))) client.socket.write(byte)
    expect(rowsIn(await client.until(1)).map(([ssn]) => ssn)).toEqual(['****1120', null, '****9999'])
    await client.end()
  })

  test('a session’s search_path decides which table is meant, and so which mask', async () => {
    const client = await WireClient.login(server.port)
    await client.ask(
      send.query(
        'CREATE SCHEMA mine; CREATE TABLE mine.people (id int, name text, ssn text, email varchar(40)); INSERT INTO mine.people VALUES (9, $$x$$, $$mine$$, $$y$$)',
      ),
    )
    // Prepared for one table, executed for the other: the server plans it anew and the columns look alike.
    await client.ask(send.parse('SELECT name, email FROM people ORDER BY id LIMIT 1', 's'), send.sync())
    const bound = [send.bind([], { name: 's' }), send.execute(), send.sync()]
    const before = await client.ask(...bound)
    await client.ask(send.query('SET search_path = mine'))
    const after = await client.ask(...bound)
    await client.ask(send.query('RESET search_path'))
    const again = await client.ask(...bound)
    for (const reply of [before, after, again]) for (const { body } of reply) expect(body.includes('ada@')).toBe(false)
    expect(rowsIn(again)).toEqual(rowsIn(before))
    await client.ask(send.query('DROP SCHEMA mine CASCADE'))
    await client.end()
  })

  test('errors and notices of statements that touch masked columns lose their text and keep their SQLSTATE', async () => {
    const client = await WireClient.login(server.port)
    const duplicate = await client.ask(send.query(`INSERT INTO people VALUES (4, 'Dora', '${canary}', 'd')`))
    expect(errorsIn(duplicate)[0]).toMatchObject({ C: '23505', M: expect.stringContaining('withheld') as string })
    expect(errorsIn(duplicate)[0]).not.toHaveProperty('D')
    const unrelated = await client.ask(send.query('SELECT nothing'))
    expect(errorsIn(unrelated)[0]).toMatchObject({ M: 'column "nothing" does not exist' })
    await client.end()
  })

  test('a column that was added since the catalog was read comes out at once, and what is masked stays so', async () => {
    const client = await WireClient.login(server.port)
    const admin = await database.client()
    await admin.query('ALTER TABLE people ADD COLUMN extra text')
    const stale = await client.ask(send.query('SELECT * FROM people'))
    expect(types(stale)).toBe('TDDDCZ')
    expect(JSON.stringify(rowsIn(stale))).not.toContain(canary)
    await admin.query('ALTER TABLE people DROP COLUMN extra')
    await client.end()
  })

  test('who may see clear values sees them, and the recording doesn’t', async () => {
    await using open = await relayServer({ url: database.url, guard: await guardOf(database.url, policy, true) })
    const client = await WireClient.login(open.port)
    const reply = await client.ask(send.query('SELECT id, ssn FROM people ORDER BY id'))
    expect(rowsIn(reply)[0]).toEqual(['1', canary])
    const copied = await client.ask(send.query('COPY people TO STDOUT'))
    expect(text(copied)).toContain(canary)
    const failed = await client.ask(
      send.query(`INSERT INTO people VALUES (5, 'E', (SELECT ssn FROM people WHERE id = 1), 'e')`),
    )
    expect(types(failed)).toBe('EZ')
    await client.end()
    const events = await open.recording()
    expect(JSON.stringify(events)).not.toContain(canary)
    expect(JSON.stringify(events)).not.toContain(Buffer.from(canary).toString('base64').slice(0, -2))
    const [result] = events.filter((event): event is ResultEvent => event.type === 'result')
    expect(result).toMatchObject({
      seenClear: true,
      rowsSeen: [
        ['1', '****1120'],
        ['2', null],
        ['3', '****9999'],
      ],
    })
  })

  test('the recording says which columns were masked, and how many values', async () => {
    await using own = await relayServer({ url: database.url, guard: await guardOf(database.url, policy) })
    const client = await WireClient.login(own.port)
    await client.ask(
      send.parse('SELECT id, ssn FROM people WHERE id = $1'),
      send.bind(['1']),
      send.describe(),
      send.execute(),
      send.sync(),
    )
    await client.ask(send.query('SELECT name FROM people ORDER BY ssn'))
    await client.end()
    const events = await own.recording()
    expect(events.map(({ type }) => type)).toEqual(['start', 'statement', 'result', 'refusal', 'end'])
    expect(events[1]).toMatchObject({ n: 1, parameters: ['1'], reads: ['public.people'] })
    expect(events[2]).toMatchObject({
      n: 1,
      masked: 1,
      rows: 1,
      columns: [{ name: 'id' }, { name: 'ssn', table: 'public.people.ssn', mask: 'keep_last' }],
      rowsSeen: [['1', '****1120']],
    })
    expect(events[3]).toMatchObject({ code: 'COLUMN_MASKED', sqlstate: '42501' })
  })

  test('a database that reads strings in another way reads them as hoop does in a session under a policy', async () => {
    await using odd = await freshDatabase(url)
    const admin = await odd.client()
    await admin.query(`ALTER DATABASE ${odd.name} SET standard_conforming_strings = off`)
    await using own = await relayServer({ url: odd.url, guard: await guardOf(database.url, policy) })
    const client = await WireClient.login(own.port)
    const setting = await client.ask(send.query('SHOW standard_conforming_strings'))
    expect(rowsIn(setting)).toEqual([['on']])
    await client.end()
  })

  test('a setting that changes how SQL is read can’t be changed, and ends the session where it changes anyhow', async () => {
    const client = await WireClient.login(server.port)
    for (const text of [
      'SET standard_conforming_strings = off',
      "SELECT set_config('client_encoding', 'SJIS', false)",
      "SET NAMES 'latin1'",
    ])
      expect(errorsIn(await client.ask(send.query(text)))[0]).toMatchObject({ C: '42501' })
    const admin = await database.client()
    await admin.query(`ALTER ROLE postgres IN DATABASE ${database.name} SET client_encoding = 'LATIN1'`)
    const refused = await WireClient.open(server.port)
    refused.socket.write(startupMessage([['user', 'x']]))
    // What the gateway asks for at startup beats the role's setting.
    expect(errorsIn(await refused.until(1))).toEqual([])
    await admin.query(`ALTER ROLE postgres IN DATABASE ${database.name} RESET ALL`)
    await refused.end()
    await client.end()
  })

  test('a schema changed in a transaction is known once it is committed', async () => {
    const guard = await guardOf(database.url, policy)
    const read = guard.refresh.bind(guard)
    const refreshes: Promise<void>[] = []
    guard.refresh = () => {
      refreshes.push(read())
      return refreshes.at(-1)!
    }
    await using own = await relayServer({ url: database.url, guard })
    const client = await WireClient.login(own.port)
    await client.ask(send.query('BEGIN'))
    await client.ask(send.query('ALTER TABLE people ADD COLUMN late text'))
    expect(refreshes).toHaveLength(0)
    await client.ask(send.query('COMMIT'))
    expect(refreshes).toHaveLength(1)
    await refreshes[0]
    expect(types(await client.ask(send.query('SELECT * FROM people LIMIT 1')))).toBe('TDCZ')
    await client.ask(send.query('ALTER TABLE people DROP COLUMN late'))
    await client.end()
  })
})
