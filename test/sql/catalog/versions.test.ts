import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  castsVersion,
  functionsVersion,
  isNamedType,
  operatorsVersion,
  relationVersion,
  triggersVersion,
  typesVersion,
} from '../../../src/sql/catalog/read/versions.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { catalogOf } from '../shop.js'

let database: FreshDatabase
let dba: Client
let session: Client

/** Objects by the names that somebody's own would have, in front of the server's. */
const hostile = `
  CREATE SCHEMA own;
  CREATE FUNCTION own.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1';
  CREATE FUNCTION own.encode(bytea, text) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$;
  CREATE FUNCTION own.never(oid, oid) RETURNS bool LANGUAGE sql AS 'SELECT false';
  CREATE OPERATOR own.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = own.never);
  CREATE TABLE own.pg_class (oid oid); CREATE TABLE own.pg_attribute (attrelid oid);
  CREATE DOMAIN own.text AS int;
`

beforeAll(async () => {
  database = await freshDatabase()
  dba = await database.client()
  await dba.query(`${hostile}
    CREATE TABLE plain (id int, name text, twice int GENERATED ALWAYS AS (id * 2) STORED);
    CREATE VIEW shown AS SELECT id FROM plain;
    CREATE TABLE parts (id int) PARTITION BY LIST (id);
    CREATE TABLE middle PARTITION OF parts FOR VALUES IN (1, 2) PARTITION BY LIST (id);
    CREATE TABLE other (id int PRIMARY KEY);
    CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE FUNCTION told(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
    CREATE TYPE pair AS (a int, b int);
    CREATE FUNCTION paired(pair) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$;
    CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = pg_catalog.int4eq)`)
  session = await database.client()
  await session.query('SET search_path = own, pg_catalog, public')
})
afterAll(() => database[Symbol.asyncDispose]())

/** As another session sees it now. */
const one = async (sql: string): Promise<string | null> =>
  (await session.query<{ version: string | null }>(sql)).rows[0]?.version ?? null

const ofRelation = (name: string) =>
  one(
    `SELECT ${relationVersion('c')} AS version FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) 'public.${name}'::regclass`,
  )
const ofTriggers = (name: string) =>
  one(
    `SELECT ${triggersVersion('t')} AS version FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) 'public.${name}'::regclass`,
  )
const ofFunction = (name: string) =>
  one(`SELECT ${functionsVersion('p')} AS version FROM pg_catalog.pg_proc p WHERE p.proname = '${name}'`)
const ofOperator = (name: string) =>
  one(`SELECT ${operatorsVersion('o')} AS version FROM pg_catalog.pg_operator o WHERE o.oprname = '${name}'`)
const ofType = (name: string) =>
  one(
    `SELECT ${typesVersion('t')} AS version FROM pg_catalog.pg_type t WHERE t.typname = '${name}' AND ${isNamedType('t')}`,
  )
const ofCasts = () => one(`SELECT ${castsVersion('k')} AS version FROM pg_catalog.pg_cast k`)

test('a session with names of its own in front works out what the snapshot has', async () => {
  await dba.query('CREATE TRIGGER t BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION noted()')
  const { named, versions } = await catalogOf(await database.client(), [])
  const relation = (name: string) => named.get(name)?.find(({ schema }) => schema === 'public')
  for (const name of ['plain', 'shown', 'parts', 'middle', 'other'])
    expect(await ofRelation(name), name).toBe(relation(name)?.version)
  expect(await ofTriggers('plain')).toBe(relation('plain')?.triggers)
  expect(await ofTriggers('other')).toBeNull()
  expect(relation('other')?.triggers).toBeUndefined()
  for (const name of ['told', 'noted', 'lower'])
    expect(await ofFunction(name), name).toBe(versions.functions.get(name) ?? null)
  for (const name of ['===', '=']) expect(await ofOperator(name), name).toBe(versions.operators.get(name) ?? null)
  for (const name of ['pair', 'int4', 'text']) expect(await ofType(name), name).toBe(versions.types.get(name) ?? null)
  expect(await ofCasts()).toBe(versions.casts ?? null)
  expect(versions.types.has('plain')).toBe(false)
  expect(versions.types.has('_int4')).toBe(false)
})

test.for([
  ['ALTER TABLE plain RENAME TO plain2; ALTER TABLE plain2 RENAME TO plain', 'plain', false],
  ['ALTER TABLE plain RENAME name TO called', 'plain', true],
  ['ALTER TABLE plain DROP called', 'plain', true],
  ['ALTER TABLE plain ADD more int', 'plain', true],
  ['ALTER TABLE plain ALTER more TYPE varchar(3)', 'plain', true],
  ['ALTER TABLE plain ALTER more TYPE varchar(4)', 'plain', true],
  ['CREATE OR REPLACE VIEW shown AS SELECT id + 1 AS id FROM plain', 'shown', true],
  ['CREATE RULE r AS ON DELETE TO plain DO ALSO NOTHING', 'plain', true],
  ['ALTER TABLE plain DISABLE RULE r', 'plain', true],
  ['CREATE TABLE one PARTITION OF middle FOR VALUES IN (1)', 'parts', true],
  ['CREATE TABLE two (id int); ALTER TABLE middle ATTACH PARTITION two FOR VALUES IN (2)', 'two', true],
  ['ALTER TABLE middle DETACH PARTITION two', 'parts', true],
  ['CREATE SCHEMA moved', 'plain', false],
  ['CREATE INDEX ON plain (id)', 'plain', false],
  ['INSERT INTO plain VALUES (1); ANALYZE plain', 'plain', false],
  ['TRUNCATE plain', 'plain', false],
  ['VACUUM FULL plain', 'plain', false],
  ['VACUUM FULL pg_class', 'plain', false],
  ["GRANT SELECT ON plain TO PUBLIC; COMMENT ON TABLE plain IS 'x'", 'plain', false],
] as const)('%s: of %s, another version: %s', async ([sql, name, changes]) => {
  const before = await ofRelation(name).catch(() => null)
  for (const each of sql.split('; ')) await dba.query(each)
  const after = await ofRelation(name)
  if (changes) expect(after).not.toBe(before)
  else expect(after).toBe(before)
})

test.for([
  ['CREATE TRIGGER u BEFORE UPDATE ON plain FOR EACH ROW EXECUTE FUNCTION noted()', 'plain'],
  ['ALTER TABLE plain DISABLE TRIGGER u', 'plain'],
  ['CREATE TABLE child (id int REFERENCES other ON DELETE CASCADE)', 'other'],
])('what a write sets off has another version after %s', async ([sql, name]) => {
  const before = await ofTriggers(name!)
  await dba.query(sql!)
  expect(await ofTriggers(name!)).not.toBe(before)
})

test('routines, operators, casts and types change with a new body, an overload and an attribute', async () => {
  const all = async () => [
    await ofFunction('told'),
    await ofOperator('==='),
    await ofType('pair'),
    await ofType('paired_range'),
    await ofCasts(),
  ]
  const before = await all()
  await dba.query("CREATE OR REPLACE FUNCTION told(int) RETURNS int LANGUAGE sql AS 'SELECT 2'")
  await dba.query('CREATE OPERATOR own.=== (LEFTARG = text, RIGHTARG = int, FUNCTION = pg_catalog.repeat)')
  await dba.query('ALTER TYPE pair ADD ATTRIBUTE c int')
  await dba.query('CREATE TYPE paired_range AS RANGE (subtype = int)')
  await dba.query('CREATE CAST (pair AS text) WITH FUNCTION paired(pair)')
  const after = await all()
  for (const [at, version] of after.entries()) expect(version, String(at)).not.toBe(before[at])
  await dba.query("CREATE FUNCTION own.told(text) RETURNS int LANGUAGE sql AS 'SELECT 3'")
  expect(await ofFunction('told')).not.toBe(after[0])
})
