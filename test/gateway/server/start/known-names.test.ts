import { expect, test } from 'vitest'
import { startGateway } from '../../../../src/gateway/server/start/start.js'
import { freshDatabase } from '../../../helpers/database.js'
import { logInto, started, type LogLine } from './started.js'

const policy = `    masks:
      - { columns: [public.people.email], with: email }
      - { columns: [public.later.secret], with: redact }
    rules:
      - { name: no-salaries, when: { reads: [public.salaries] }, do: block }
      - { name: no-bonus, when: { columns: [public.extras.bonus] }, do: block }
`
const schema = `CREATE TABLE people (id int, email text); INSERT INTO people VALUES (1, 'ada@example.com');
  CREATE TABLE salaries (id int, amount int); CREATE TABLE extras (id int, bonus int)`

/** A gateway that is stopped, and one with the same folder that starts once the database has been changed. */
const restarted = async (sql: string) => {
  const database = await freshDatabase()
  const owner = await database.client()
  await owner.query(schema)
  const it = await started(async (folder) => {
    await folder.edit('/postgres?', `/${database.name}?`)
    await folder.edit(/ {4}masks:[\s\S]*$/, policy)
  })
  const before = [...it.log]
  const first = await (await it.person('mika')).connect()
  await first.client.query('SELECT email FROM people')
  await it.gateway.close(0)
  await owner.query(sql)
  const log: LogLine[] = []
  const listen = new URL(it.gateway.url).host
  const again = await startGateway({ config: it.folder.config, version: '0.0.0', log: logInto(log), env: {}, listen })
  const person = await it.person('mika')
  const session = async () => (await person.connect()).client
  return {
    ...{ owner, log, before, session },
    [Symbol.asyncDispose]: async () => {
      await again.close(0)
      await it[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

test('what was renamed and moved while the gateway was away stays masked, and stays what rules name', async () => {
  await using it = await restarted(`ALTER TABLE people RENAME COLUMN email TO address; CREATE SCHEMA crm;
    ALTER TABLE people SET SCHEMA crm; ALTER TABLE crm.people RENAME TO persons;
    ALTER TABLE salaries RENAME TO wages; ALTER TABLE extras RENAME COLUMN bonus TO gift`)
  const client = await it.session()
  expect((await client.query<{ address: string }>('SELECT address FROM crm.persons')).rows[0]?.address).not.toContain(
    'ada',
  )
  const refused = (rule: string) => ({ code: '42501', detail: expect.stringContaining(rule) as string })
  await expect(client.query('SELECT count(*) FROM wages')).rejects.toMatchObject(refused('no-salaries'))
  await expect(client.query('SELECT gift FROM extras')).rejects.toMatchObject(refused('no-bonus'))
  await client.query('SELECT id FROM extras')
  const said = it.log.filter(({ entry }) => entry === 'public.people.email').map(({ now }) => now)
  expect(said).toEqual(['crm.persons.address'])
})

test('a table that is made anew by an old name is masked by it, and what had the name before as well', async () => {
  await using it = await restarted(`ALTER TABLE people RENAME TO people_old; CREATE TABLE people (email text, id int);
    INSERT INTO people VALUES ('bob@example.com', 2)`)
  const client = await it.session()
  for (const table of ['people', 'people_old']) {
    const { rows } = await client.query(`SELECT email FROM ${table}`)
    expect(JSON.stringify(rows), table).not.toMatch(/ada|bob/)
  }
})

test('a masked table that was never there is a warning, and is masked from its first row', async () => {
  await using it = await restarted('SELECT 1')
  for (const log of [it.before, it.log])
    expect(log).toContainEqual(expect.objectContaining({ level: 'warn', column: 'public.later.secret' }))
  const client = await it.session()
  expect((await client.query('SELECT id FROM people')).rows).toEqual([{ id: 1 }])
  await it.owner.query("CREATE TABLE later (id int, secret text); INSERT INTO later VALUES (1, 'hush')")
  const { rows } = await client.query('SELECT id, secret FROM later')
  expect(JSON.stringify(rows)).not.toContain('hush')
  expect(rows).toHaveLength(1)
})
