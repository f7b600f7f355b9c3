import { expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { startGateway } from '../../../src/gateway/server/start/start.js'
import { logInto, type LogLine } from '../server/start/started.js'
import { connectionTo, entered, left, stage, urlOf } from './stage.js'
import { switchboard } from './switchboard.js'

const patient = { timeout: 20_000 }
const masked = { masks: [{ columns: ['public.people.email'], with: 'email' }] }
const unapplied = { code: '57P03', severity: 'FATAL', routine: 'hoop/POLICY_UNAPPLIED' }

/** A database with people in it. */
const peopled = async (): Promise<FreshDatabase & { sql: (text: string) => Promise<unknown> }> => {
  const database = await freshDatabase()
  const owner = await database.client()
  await owner.query("CREATE TABLE people (id int, email text); INSERT INTO people VALUES (1, 'ada@example.com')")
  return { ...database, sql: (text) => owner.query(text) }
}

test('a masked column that is gone at start keeps out who gets that policy, and nobody else; once it is back they are let in', async () => {
  await using gone = await peopled()
  await using sound = await peopled()
  await gone.sql('ALTER TABLE people DROP COLUMN email')
  const access = [
    { people: ['nobody'], policy: 'open' },
    { groups: ['ml-eng'], policy: 'masked' },
  ]
  await using on = await stage({
    connections: {
      gone: connectionTo(urlOf(gone.name), 'masked', { access }),
      same: connectionTo(urlOf(gone.name), 'open'),
      sound: connectionTo(urlOf(sound.name), 'other'),
    },
    policies: { open: {}, masked, other: masked },
  })
  const [shut, same, other] = [await on.mika('gone'), await on.mika('same'), await on.mika('sound')]
  await expect(shut.connect()).rejects.toMatchObject(unapplied)
  const before = await same.connect()
  const { rows } = await (await other.connect()).client.query<{ email: string }>('SELECT email FROM people')
  expect(rows[0]?.email).not.toContain('ada')
  expect(on.said('gone')).toEqual([entered])
  expect([...on.said('same'), ...on.said('sound')]).toEqual([])
  const [line] = on.it.log.filter(({ msg }) => msg === entered)
  expect(JSON.stringify(line)).toMatch(/hoop\.yaml:\d+:\d+: policies\.masked\.masks: found public\.people\.email/)
  await gone.sql("ALTER TABLE people ADD COLUMN email text DEFAULT 'bob@example.com'")
  await expect.poll(() => on.said('gone'), patient).toEqual([entered, left])
  const again = await (await shut.connect()).client.query<{ email: string }>('SELECT email FROM people')
  expect(again.rows[0]?.email).not.toContain('bob')
  await before.client.query('SELECT 1')
})

test('a masked column that is dropped while sessions run: they get nothing of its table any more, and no other begins', async () => {
  await using database = await peopled()
  await using on = await stage({
    connections: { db: connectionTo(urlOf(database.name), 'masked') },
    policies: { masked },
  })
  const mika = await on.mika('db')
  const { client } = await mika.connect()
  await client.query('SELECT email FROM people')
  await database.sql("ALTER TABLE people ADD COLUMN mail text DEFAULT 'kept'; ALTER TABLE people DROP COLUMN email")
  // What was in the column may be in another by now.
  await expect(client.query('SELECT mail FROM people')).rejects.toMatchObject({ routine: 'hoop/STATEMENT_UNPROVEN' })
  expect(await client.query('SELECT 1 AS one')).toMatchObject({ rows: [{ one: 1 }] })
  await expect(mika.connect()).rejects.toMatchObject(unapplied)
  expect(on.said('db')).toEqual([entered])
  await expect.poll(() => on.alerts, patient).toMatchObject([{ data: { connection: 'db', codes: 'POLICY_UNAPPLIED' } }])
  await database.sql('ALTER TABLE people ADD COLUMN email text')
  await mika.connect()
  await expect.poll(() => on.alerts.length, patient).toBe(2)
})

test('a table that is renamed keeps its masks, and keeps nobody out', async () => {
  await using database = await peopled()
  await using on = await stage({
    connections: { db: connectionTo(urlOf(database.name), 'masked') },
    policies: { masked },
  })
  const mika = await on.mika('db')
  await mika.connect()
  await database.sql('ALTER TABLE people RENAME TO persons')
  await on.it.gateway.reload()
  const { rows } = await (await mika.connect()).client.query<{ email: string }>('SELECT email FROM persons')
  expect(rows[0]?.email).not.toContain('ada')
  expect(on.said('db')).toEqual([])
})

test('a column that another database of the policy has is not missed, also while that one is away', async () => {
  await using having = await peopled()
  await using lacking = await freshDatabase()
  await (await lacking.client()).query('CREATE TABLE people (id int)')
  const connections = {
    having: connectionTo(urlOf(having.name), 'masked'),
    lacking: connectionTo(urlOf(lacking.name), 'masked'),
  }
  await using on = await stage({ connections, policies: { masked } })
  await (await on.mika('lacking')).connect()
  expect(on.said('lacking')).toEqual([])
  // It can't be logged in to any more; what it had is remembered.
  const away = connectionTo(urlOf(having.name).replace('postgres@', 'nobody@'), 'masked')
  await on.reload({ connections: { ...connections, having: away }, policies: { masked } })
  await (await on.mika('lacking')).connect()
  expect([on.said('having'), on.said('lacking')]).toEqual([[entered], []])
})

test('what another database had when a gateway read it last is remembered by the next one', async () => {
  await using board = await switchboard()
  await board.up()
  await using having = await peopled()
  await using lacking = await freshDatabase()
  await (await lacking.client()).query('CREATE TABLE people (id int)')
  await using on = await stage({
    connections: {
      having: connectionTo(urlOf(having.name, String(board.port)), 'masked'),
      lacking: connectionTo(urlOf(lacking.name), 'masked'),
    },
    policies: { masked },
  })
  const mika = await on.mika('lacking')
  await on.it.gateway.close(0)
  await board.away()
  const log: LogLine[] = []
  const listen = new URL(on.it.gateway.url).host
  const again = await startGateway({
    config: on.it.folder.config,
    version: '0.0.0',
    log: logInto(log),
    env: {},
    listen,
  })
  await mika.connect()
  expect(log.filter(({ msg }) => msg === entered).map(({ connection }) => connection)).toEqual(['having'])
  await again.close(0)
})

test('where nobody knows whether another database has a column, it is missed until that one can be read', async () => {
  await using board = await switchboard()
  await using having = await peopled()
  await using lacking = await freshDatabase()
  await (await lacking.client()).query('CREATE TABLE people (id int)')
  await using on = await stage({
    connections: {
      having: connectionTo(urlOf(having.name, String(board.port)), 'masked'),
      lacking: connectionTo(urlOf(lacking.name), 'masked'),
    },
    policies: { masked },
  })
  const mika = await on.mika('lacking')
  await expect(mika.connect()).rejects.toMatchObject(unapplied)
  await board.up()
  await mika.connect()
  expect(on.said('lacking')).toEqual([entered, left])
})

test('a reload with one policy that can’t be applied: the others’ hold, that one’s sessions are refused, nothing is loosened', async () => {
  await using one = await peopled()
  await using two = await peopled()
  const connections = { one: connectionTo(urlOf(one.name), 'first'), two: connectionTo(urlOf(two.name), 'second') }
  await using on = await stage({ connections, policies: { first: {}, second: {} } })
  const [first, second] = [await on.mika('one'), await on.mika('two')]
  const grant = await first.grant()
  const live = await first.connect(grant)
  const seen = await live.client.query<{ email: string }>('SELECT email FROM people')
  expect(seen.rows[0]?.email).toBe('ada@example.com')
  await on.reload({
    connections,
    policies: { first: { masks: [{ columns: ['public.people.misspelled'], with: 'redact' }] }, second: masked },
  })
  // The former policy of this one was looser, and isn't what holds.
  for (let n = 0; n < 3; n++) await expect(first.connect(grant)).rejects.toMatchObject(unapplied)
  const { rows } = await (await second.connect()).client.query<{ email: string }>('SELECT email FROM people')
  expect(rows[0]?.email).not.toContain('ada')
  // What began before goes on under what it began with.
  await live.client.query('SELECT 1')
  await on.reload({ connections, policies: { first: masked, second: masked } })
  const after = await (await first.connect(grant)).client.query<{ email: string }>('SELECT email FROM people')
  expect(after.rows[0]?.email).not.toContain('ada')
  expect(on.said('one')).toEqual([entered, left])
  expect(on.said('two')).toEqual([])
})

test('a reload that breaks one connection is taken for the others, one with a mistake in the file for none', async () => {
  await using on = await stage({
    connections: { one: connectionTo(urlOf('postgres')), two: connectionTo(urlOf('postgres')) },
  })
  const [one, two] = [await on.mika('one'), await on.mika('two')]
  await on.reload({
    connections: {
      one: connectionTo(urlOf('postgres'), 'open', { password: 'file:secrets/none' }),
      two: connectionTo(urlOf('postgres'), 'forbids'),
    },
    policies: { open: {}, forbids: { rules: [{ name: 'no-tables', when: { statement: ['create'] }, do: 'block' }] } },
  })
  await expect(one.connect()).rejects.toMatchObject({ routine: 'hoop/CONNECTION_UNAVAILABLE' })
  const { client } = await two.connect()
  await expect(client.query('CREATE TABLE never (id int)')).rejects.toMatchObject({ routine: 'hoop/STATEMENT_BLOCKED' })
  await on.reload({ connections: { one: connectionTo(urlOf('postgres')), two: { colour: 'red' } } })
  await expect(one.connect()).rejects.toMatchObject({ routine: 'hoop/CONNECTION_UNAVAILABLE' })
  expect(on.it.log.map(({ msg }) => msg)).toContain('the configuration that was in force stays in force')
  await on.reload({ connections: { one: connectionTo(urlOf('postgres')) } })
  await one.connect()
})
