import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inject } from 'vitest'
import { Client } from 'pg'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { createRecordingsView } from '../server/start/recordings.js'
import { connectionTo, stage, urlOf } from './stage.js'

const patient = { timeout: 20_000 }
const role = `narrow_${randomBytes(4).toString('hex')}`
const password = 'first-password'
let database: FreshDatabase
let admin: Client

beforeAll(async () => {
  database = await freshDatabase()
  admin = await database.client()
  await admin.query(`CREATE TABLE people (id int, email text); INSERT INTO people VALUES (1, 'mika@acme.example');
    CREATE ROLE ${role} LOGIN PASSWORD '${password}'; GRANT SELECT ON people TO ${role}`)
})

afterAll(async () => {
  await admin.query(`DROP OWNED BY ${role}`)
  await database[Symbol.asyncDispose]()
  const last = new Client({ connectionString: inject('databaseUrl') })
  await last.connect()
  await last.query(`DROP ROLE ${role}`)
  await last.end()
})

const masked = () =>
  stage(
    {
      connections: {
        db: connectionTo(urlOf(database.name).replace('postgres@', `${role}@`), 'masked', {
          password: 'file:secrets/narrow.password',
        }),
      },
      policies: { masked: { masks: [{ columns: ['public.people.email'], with: 'email' }] } },
    },
    (folder) => writeFile(folder.file('secrets/narrow.password'), password, { mode: 0o600 }),
  )

/** A connection of the role's own, which takes the only place that it has. */
const takeThePlace = async (): Promise<Client> => {
  const client = await database.client({ user: role, password })
  await admin.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`)
  return client
}

const giveRoom = () => admin.query(`ALTER ROLE ${role} CONNECTION LIMIT -1 PASSWORD '${password}'`)

/** The gateway's own connection stays open for a moment; a login shows what has changed. */
const endOwn = () =>
  admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'hoop:gateway' AND usename = '${role}'`)

/** All that a client hears of an error. */
const heard = (error: unknown): string => JSON.stringify({ ...(error as object), message: (error as Error).message })

const failing = async (work: Promise<unknown>): Promise<Error> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown as Error,
  )
  if (!error) throw new Error('it went well')
  return error
}

test('a server without room is told as that under masks, before the catalog was ever read', async () => {
  const taken = await takeThePlace()
  await using on = await masked()
  const mika = await on.mika('db')
  const refused = await failing(mika.connect())
  expect(refused).toMatchObject({ code: '53300', severity: 'FATAL', routine: 'hoop/UPSTREAM_FULL' })
  expect(heard(refused)).not.toContain(role)
  expect(JSON.stringify(on.it.log)).toContain('UPSTREAM_FULL')
  await giveRoom()
  await taken.end()
  const { client } = await mika.connect()
  expect((await client.query('SELECT email FROM people')).rows).not.toEqual([{ email: 'mika@acme.example' }])
})

test('a server that has no room any more says so itself, without the gateway’s user', async () => {
  await using on = await masked()
  const mika = await on.mika('db')
  await (await mika.connect()).client.end()
  const taken = await takeThePlace()
  await endOwn()
  const refused = await failing(mika.connect())
  expect(refused).toMatchObject({ code: '53300', severity: 'FATAL' })
  expect(heard(refused)).not.toContain(role)
  await giveRoom()
  await taken.end()
  await mika.connect()
})

const whileLive = {
  'has no room for the gateway’s own connection': {
    change: () => admin.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`),
    error: { code: '53300', routine: 'hoop/UPSTREAM_FULL' },
  },
  'refuses the gateway’s password': {
    change: () => admin.query(`ALTER ROLE ${role} PASSWORD 'second-password'`),
    error: { code: '57P03', routine: 'hoop/CONNECTION_UNAVAILABLE' },
  },
}

test.for(Object.entries(whileLive))(
  'where the server %s, a live session that needs the catalog hears what is for it, and goes on',
  async ([, { change, error }]) => {
    await using on = await masked()
    const mika = await on.mika('db')
    const { client } = await mika.connect()
    await client.query('SELECT id FROM people')
    await change()
    await endOwn()
    const refused = await failing(client.query('SELECT * FROM no_such_table'))
    expect(refused).toMatchObject({ severity: 'ERROR', ...error })
    expect(heard(refused)).not.toMatch(new RegExp(`${role}|password|28P01`))
    expect((await client.query('SELECT id FROM people')).rows).toEqual([{ id: 1 }])
    await giveRoom()
    await client.end()
    const recorded = createRecordingsView(on.it.folder.file('recordings'))
    await expect.poll(() => recorded.ends(), patient).toEqual(['closed'])
    expect(JSON.stringify((await recorded.only()).slice(1))).not.toMatch(new RegExp(`${role}|password|28P01`))
  },
)

test('what the server has to say of the gateway’s password at its login is for the operator', async () => {
  await admin.query(`CREATE FUNCTION hello() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      RAISE NOTICE 'maintenance at noon';
      RAISE WARNING 'role password will expire soon' USING DETAIL = 'The password for role "${role}" will expire.';
    END $$;
    CREATE EVENT TRIGGER hello ON login EXECUTE FUNCTION hello()`)
  await using on = await masked()
  const mika = await on.mika('db')
  const heardAtLogin: (string | undefined)[] = []
  await mika.connect(undefined, (notice) => heardAtLogin.push(notice.message))
  expect(heardAtLogin).toEqual(['maintenance at noon'])
  expect(JSON.stringify(on.it.log)).toContain('role password will expire soon')
  await admin.query('DROP EVENT TRIGGER hello')
})
