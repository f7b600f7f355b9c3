import { expect, test } from 'vitest'
import { freshDatabase } from '../../../helpers/database.js'
import { started } from './started.js'

const policy = `    masks:
      - { columns: [public.people.email], with: email }
    rules:
      - { name: no-drop, when: { statement: [drop, truncate] }, do: block }
`
const people = "CREATE TABLE people (id int, email text); INSERT INTO people VALUES (1, 'ada@example.com')"

/** A gateway before a database with people in it, of whom the policy hides the address. */
const guarded = async () => {
  const database = await freshDatabase()
  const owner = await database.client()
  await owner.query(people)
  const it = await started(async (folder) => {
    await folder.edit('/postgres?', `/${database.name}?`)
    await folder.edit(/ {4}masks:[\s\S]*$/, policy)
    await folder.edit('clear_for: []', 'clear_for: [dpo]')
  })
  return {
    ...it,
    owner,
    [Symbol.asyncDispose]: async () => {
      await it[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}
type Row = { email: string }

test('the policy masks and refuses, and who may see clear values does', async () => {
  await using it = await guarded()
  const [mika, dora] = [await it.person('mika'), await it.person('dora')]
  const { client } = await mika.connect()
  const { rows } = await client.query<Row>('SELECT email FROM people')
  expect(rows[0]?.email).not.toContain('ada')
  await expect(client.query('DROP TABLE people')).rejects.toMatchObject({
    code: '42501',
    detail: expect.stringContaining('no-drop') as string,
  })
  const clear = await (await dora.connect()).client.query<Row>('SELECT email FROM people')
  expect(clear.rows[0]?.email).toBe('ada@example.com')
})

test('a new policy holds for new sessions, live ones keep theirs, and a bad one changes nothing', async () => {
  await using it = await guarded()
  const mika = await it.person('mika')
  const old = await mika.connect()
  await it.folder.edit(
    'name: no-drop, when: { statement: [drop, truncate] }',
    'name: no-insert, when: { statement: [insert] }',
  )
  await it.gateway.reload()
  const young = await mika.connect()
  const insert = "INSERT INTO people VALUES (2, 'x@example.com')"
  await expect(young.client.query(insert)).rejects.toMatchObject({ code: '42501' })
  await old.client.query(insert)
  await it.folder.edit('statement: [insert]', 'statement: [inzert]')
  await it.gateway.reload()
  await expect((await mika.connect()).client.query(insert)).rejects.toMatchObject({ code: '42501' })
})

test('the session index says under which policy a session was', async () => {
  await using it = await guarded()
  const mika = await it.person('mika')
  await mika.connect()
  await it.folder.edit('name: no-drop', 'name: other')
  await it.gateway.reload()
  await mika.connect()
  const { sessions } = await mika.client.get<{ sessions: { policyHash: string }[] }>('/v1/sessions')
  expect(new Set(sessions.map(({ policyHash }) => policyHash)).size).toBe(2)
})

test('a table that appears while a session lives is known to it after its own DDL', async () => {
  await using it = await guarded()
  const mika = await it.person('mika')
  const { client } = await mika.connect()
  await client.query('CREATE TABLE notes (id int, body text)')
  await client.query("INSERT INTO notes VALUES (1, 'x')")
  const { rows } = await client.query('SELECT n.body, p.email FROM notes n JOIN people p ON p.id = n.id')
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain('ada')
})

test('a masked column that is renamed behind the gateway’s back does not come out in clear', async () => {
  await using it = await guarded()
  const mika = await it.person('mika')
  const { client } = await mika.connect()
  await client.query('SELECT email FROM people')
  await it.owner.query('ALTER TABLE people RENAME COLUMN email TO address')
  for (const session of [client, (await mika.connect().catch(() => undefined))?.client]) {
    const answer = await session?.query('SELECT address FROM people').catch((error: unknown) => error)
    expect(JSON.stringify(answer ?? '')).not.toContain('ada@')
  }
})

test('a rule for programs holds for who the configuration says is one, and for nobody else', async () => {
  await using it = await guarded()
  await it.folder.edit('name: no-drop, when: { statement: [drop, truncate] }', 'name: no-jobs, when: { program: true }')
  await it.gateway.reload()
  const mika = await it.person('mika')
  await (await mika.connect()).client.query('SELECT 1')
  await it.folder.edit('  grant:', "  programs: { subjects: ['mi*'] }\n  grant:")
  await it.gateway.reload()
  const refused = { code: '42501', detail: expect.stringContaining('no-jobs') as string }
  await expect((await mika.connect()).client.query('SELECT 1')).rejects.toMatchObject(refused)
  await it.folder.edit("subjects: ['mi*']", 'groups: [ml-eng]')
  await it.gateway.reload()
  await expect((await mika.connect()).client.query('SELECT 1')).rejects.toMatchObject(refused)
  await it.folder.edit('groups: [ml-eng] }\n  grant', 'groups: [ci] }\n  grant')
  await it.gateway.reload()
  await (await mika.connect()).client.query('SELECT 1')
})
