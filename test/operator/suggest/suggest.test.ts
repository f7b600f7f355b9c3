import { afterAll, beforeAll, expect, test } from 'vitest'
import { policySection } from '../../../src/policy/config/sections/policy.js'
import { parse } from 'yaml'
import { parseDatabaseUrl } from '../../../src/operator/init/answers.js'
import { suggestMasks, type Suggestions } from '../../../src/operator/suggest/suggest.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { servePgvector } from '../../helpers/pgvector.js'
import { gatewayFolder } from '../../helpers/gateway-folder.js'

const suggest = async (url: string, policies?: string): Promise<Suggestions> => {
  await using folder = await gatewayFolder({
    connection: { name: 'vectordb', ...parseDatabaseUrl(`${url.replace(/\?.*/, '')}?sslmode=disable`) },
  })
  if (policies !== undefined) await folder.edit(/^policies:[^]*/m, policies)
  return await suggestMasks({ config: folder.config, connection: 'vectordb', rows: 100, env: {} })
}

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase()
  const client = await database.client()
  await client.query(`
    CREATE TABLE people (id int PRIMARY KEY, contact text, "homePhone" varchar(30), born date, password_hash text,
      email_verified boolean, token_count int, notes text, profile jsonb, plain text, "odd name" text);
    INSERT INTO people SELECT n, 'canary' || n || '@example.org', NULL, '1980-01-01', 'x', true, n,
      CASE WHEN n % 10 = 0 THEN 'ssn 219-45-' || (1000 + n) ELSE 'nothing' END, '{"a": 1}', 'word', '4111111111111111'
      FROM generate_series(1, 300) n;
    CREATE TABLE part (ssn text) PARTITION BY LIST (ssn); CREATE TABLE part_one PARTITION OF part DEFAULT;
    CREATE VIEW seen AS SELECT contact FROM people;
    CREATE FUNCTION boom(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''canary %'', $1; END';
    CREATE SCHEMA odd; CREATE TYPE odd.json AS (a text);
    CREATE FUNCTION odd.boom(odd.json) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''ran''; END';
    CREATE CAST (odd.json AS text) WITH FUNCTION odd.boom(odd.json);
    CREATE TABLE odd.kept (v odd.json); INSERT INTO odd.kept VALUES (ROW('nothing'));
    CREATE TABLE closed (email text); INSERT INTO closed VALUES ('canary@example.org');
    ANALYZE`)
})
afterAll(() => database[Symbol.asyncDispose]())

test('columns are proposed by what is in them, by their names, and as text to be looked through', async () => {
  const { suggestions, unread, yaml } = await suggest(database.url)
  const said = Object.fromEntries(
    suggestions.map(({ column, with: spec, detect, reason }) => [column, [spec ?? detect, reason]]),
  )
  expect(said).toEqual({
    'public.closed.email': ['email', 'email in all of 1'],
    'public.part.ssn': [{ keep_last: 4 }, 'its name is a social security or tax number’s'],
    'public.people.contact': ['email', 'email in all of 100'],
    'public.people.homePhone': [{ keep_last: 2 }, 'its name is a telephone number’s'],
    'public.people.born': [{ date: 'year' }, 'its name is a date of birth’s'],
    'public.people.password_hash': ['redact', 'its name is a secret’s'],
    'public.people.notes': [['us_ssn'], 'us_ssn in 10 % of 100'],
    'public.people.odd name': [{ keep_last: 4 }, 'credit_card in all of 100'],
  })
  expect(unread).toEqual([])
  expect(yaml).not.toContain('canary')
  // What is printed can be pasted.
  const pasted = policySection.parse(parse(yaml))
  expect(pasted.masks.flatMap(({ columns }) => columns)).toContain('public.people.odd name')
  expect(pasted.masks.at(-1)?.detect).toEqual({ detectors: ['us_ssn'], with: 'redact' })
})

test('what every policy of the connection covers is left out', async () => {
  const { suggestions } = await suggest(
    database.url,
    `policies:
  default:
    masks:
      - { columns: [public.people.contact, public.people.homePhone], with: redact }
      - { detect: [us_ssn] }
`,
  )
  const columns = suggestions.map(({ column }) => column)
  expect(columns).toContain('public.people.born')
  for (const covered of ['contact', 'homePhone', 'notes']) expect(columns).not.toContain(`public.people.${covered}`)
})

test('a table that can’t be read is named without what the database quotes, and the others are looked at', async () => {
  const client = await database.client()
  await client.query(`ALTER TABLE closed ENABLE ROW LEVEL SECURITY; ALTER TABLE closed FORCE ROW LEVEL SECURITY;
    CREATE POLICY p ON closed USING (boom(email)); CREATE ROLE reader LOGIN PASSWORD 'reader';
    GRANT SELECT ON closed, people TO reader`)
  try {
    const url = new URL(database.url)
    url.username = 'reader'
    url.password = 'reader'
    const found = await suggest(url.href)
    expect(found.unread).toEqual([{ table: 'public.closed', why: 'SQLSTATE P0001' }])
    expect(found.suggestions.map(({ column }) => column)).toContain('public.people.contact')
    expect(JSON.stringify(found)).not.toContain('canary')
  } finally {
    await client.query('DROP OWNED BY reader; DROP ROLE reader')
  }
})

test('embeddings are proposed for a vector mask, on a server with pgvector', async () => {
  await using demo = await servePgvector()
  const { suggestions, yaml } = await suggest(demo.url)
  expect(suggestions.find(({ type }) => type === 'vector')).toMatchObject({ with: 'vector' })
  expect(yaml).toMatch(/columns: \[public\.\w+\.embedding\], with: vector/)
})
