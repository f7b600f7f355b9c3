import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../helpers/database.js'
import { catalogOf, masks, openShop, type Shop } from './shop.js'

let shop: Shop
beforeAll(async () => void (shop = await openShop()))
afterAll(() => shop[Symbol.asyncDispose]())

const relation = (name: string) => {
  const [found] = shop.catalog.named.get(name) ?? []
  if (!found) throw new Error(`no ${name}`)
  return found
}

test('tables have their columns by attribute number, without dropped ones', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query(
    'CREATE TABLE t (a int, gone int, "B c" text, g int GENERATED ALWAYS AS (a + 1) STORED); ALTER TABLE t DROP gone',
  )
  const catalog = await catalogOf(await database.client(), ['public.t.B c'])
  const [table] = catalog.named.get('t') ?? []
  expect(table?.columns).toEqual([
    { attribute: 1, name: 'a', type: 23, modifier: -1, generated: false },
    {
      attribute: 3,
      name: 'B c',
      type: 25,
      modifier: -1,
      generated: false,
      masked: { column: 'public.t.B c', type: { oid: 25, modifier: -1, name: 'text', kind: 'b' } },
    },
    { attribute: 4, name: 'g', type: 23, modifier: -1, generated: true },
  ])
  expect([...catalog.masked.keys()]).toEqual([`${table?.oid}.3`])
  expect(catalog.unknown).toEqual([])
})

test('policy entries that name nothing are reported as they were written', async () => {
  const names = [
    'public.customers.email',
    'public.customers.nope',
    'public.nope.email',
    'nope.customers.email',
    'email',
  ]
  const { unknown } = await catalogOf(await shop.database.client(), names)
  expect(unknown).toEqual(names.slice(1))
})

test('views are read, through each other; rules over masked tables and what can’t be read are opaque and say why', () => {
  const shown = (name: string) =>
    relation(name).columns.map(
      ({ masked, derived }) => masked?.column ?? derived?.map((each) => `~${each}`).join() ?? '-',
    )
  expect(shown('active')).toEqual(['-', '-'])
  expect(shown('active_again')).toEqual(['-', '-'])
  expect(shown('whole')).toEqual(['~public.customers.email,~public.customers.ssn'])
  expect(shown('kept')).toEqual(['public.customers.email'])
  for (const name of ['active', 'active_again', 'whole', 'kept']) expect(relation(name).opaque, name).toBeUndefined()
  expect(shop.catalog.masked.get(`${relation('kept').oid}.1`)?.column).toBe('public.customers.email')
  expect(
    relation('active_again')
      .bases.map(({ name }) => name)
      .sort(),
  ).toEqual(['active', 'customers'])
  expect(relation('ruled').opaque).toBe('it reads public.customers')
  expect(relation('peeking').opaque).toMatch(/query_to_xml can’t be called/)
  expect(relation('pg_stats').opaque).toMatch(/column values/)
  for (const name of ['sums', 'orders', 'pg_stat_statements', 'pg_stat_activity', 'pg_settings', 'columns']) {
    expect(relation(name).opaque, name).toBeUndefined()
  }
})

test('a view over the statistics, or over a function that nobody knows, is opaque', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query(`CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE VIEW a AS SELECT f(); CREATE VIEW b AS SELECT tablename FROM pg_stats; CREATE VIEW c AS SELECT * FROM b;
    CREATE VIEW d AS SELECT starelid FROM pg_statistic`)
  const catalog = await catalogOf(client, [])
  const why = (name: string) => catalog.named.get(name)?.[0]?.opaque
  expect([why('a'), why('b'), why('d')]).toEqual(['it calls public.f', 'it reads pg_stats', 'it reads pg_statistic'])
  expect(why('c')).toMatch(/it reads/)
})

test('a function whose arguments default to what nobody knows is not read', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query(`CREATE TABLE t (secret text);
    CREATE FUNCTION peek() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT secret FROM t); END';
    CREATE FUNCTION shown() RETURNS text LANGUAGE sql AS 'SELECT secret FROM t';
    CREATE FUNCTION unknown(a text DEFAULT peek()) RETURNS text LANGUAGE sql AS 'SELECT a';
    CREATE FUNCTION masked(a text DEFAULT shown()) RETURNS text LANGUAGE sql AS 'SELECT a';
    CREATE FUNCTION plain(a text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT a'`)
  const { added } = (await catalogOf(client, ['public.t.secret'])).routines
  const safe = (name: string) => added.get(name)?.map((routine) => routine.safe)
  expect([safe('unknown'), safe('masked'), safe('plain')]).toEqual([[false], [false], [true]])
})

test('masks go with the rows: to partitions, children and parents, by column name', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query(`CREATE TABLE p (id int, secret text) PARTITION BY LIST (id);
    CREATE TABLE p1 (secret text, id int); ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
    CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (secret); CREATE TABLE p2a PARTITION OF p2 DEFAULT;
    CREATE TABLE base (id int, note text); CREATE TABLE child (extra text) INHERITS (base)`)
  const catalog = await catalogOf(client, ['public.p.secret', 'public.child.note', 'public.child.extra'])
  const covered = (name: string) =>
    catalog.named
      .get(name)?.[0]
      ?.columns.flatMap((column) => (column.masked ? [`${column.attribute} ${column.masked.column}`] : []))
  expect(covered('p')).toEqual(['2 public.p.secret'])
  expect(covered('p1')).toEqual(['1 public.p.secret'])
  expect(covered('p2a')).toEqual(['2 public.p.secret'])
  expect(covered('base')).toEqual(['2 public.child.note'])
  expect(covered('child')).toEqual(['2 public.child.note', '3 public.child.extra'])
  expect(
    catalog.named
      .get('p2a')?.[0]
      ?.ancestors.map(({ name }) => name)
      .sort(),
  ).toEqual(['p', 'p2'])
})

test('a generated column shows what it is computed from', () => {
  expect(relation('people').columns.find(({ name }) => name === 'digits')).toMatchObject({
    derived: ['crm.people.phone'],
  })
})

test('types are described as masks need them', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query(`CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN short AS varchar(5); CREATE DOMAIN shorter AS short;
    CREATE TYPE pair AS (a int, b text); CREATE DOMAIN moods AS mood[];
    CREATE TABLE t (v varchar(7), n numeric(5,2), m mood, s shorter, a text[], d moods, p pair, r int4range, j jsonb)`)
  const columns = ['v', 'n', 'm', 's', 'a', 'd', 'p', 'r', 'j']
  const catalog = await catalogOf(
    client,
    columns.map((column) => `public.t.${column}`),
  )
  const types = Object.fromEntries([...catalog.masked.values()].map(({ column, type }) => [column.slice(-1), type]))
  expect(types).toMatchObject({
    v: { oid: 1043, modifier: 11, name: 'varchar', kind: 'b' },
    n: { oid: 1700, modifier: 327686, name: 'numeric', kind: 'b' },
    m: { name: 'mood', kind: 'e', labels: ['good', 'bad'] },
    s: { name: 'varchar', kind: 'd', modifier: 9 },
    a: { oid: 1009, name: '_text', kind: 'a', element: { oid: 25, name: 'text', kind: 'b' } },
    d: { name: '_mood', kind: 'd', base: 'a', element: { name: 'mood', kind: 'e', labels: ['good', 'bad'] } },
    p: { name: 'pair', kind: 'c' },
    r: { name: 'int4range', kind: 'r' },
    j: { oid: 3802, name: 'jsonb', kind: 'b' },
  })
})

test('functions of extensions that only compute are safe, others and users’ own are not', () => {
  const { added, builtin, opaqueOperators } = shop.catalog.routines
  expect(added.get('akeys')).toMatchObject([{ schema: 'public', safe: true, reads: [] }])
  expect(added.get('crosstab')?.every(({ safe }) => !safe)).toBe(true)
  expect(added.get('peek')).toMatchObject([{ safe: true, reads: ['public.customers.email'], yields: [] }])
  expect(added.get('work')).toMatchObject([{ safe: false }])
  expect(builtin.has('count') && builtin.has('peek')).toBe(false)
  expect([...opaqueOperators]).toEqual(['==='])
})

test('a hostile search path and look-alike objects do not mislead the loader', async () => {
  await using database = await freshDatabase()
  const client = await database.client()
  await client.query(`CREATE TABLE t (secret text); CREATE TABLE public.pg_class (oid int, relname text);
    CREATE FUNCTION public.json_build_array(VARIADIC text[]) RETURNS json LANGUAGE sql AS $$ SELECT '[]'::json $$;
    CREATE FUNCTION public.unnest(oid[]) RETURNS SETOF oid LANGUAGE plpgsql AS $$ BEGIN RAISE 'hijacked'; END $$;
    SET search_path = public, pg_catalog`)
  const catalog = await catalogOf(client, ['public.t.secret'])
  expect([...catalog.masked.values()][0]?.type.name).toBe('text')
  expect((await client.query('SHOW search_path')).rows).toEqual([{ search_path: 'public, pg_catalog' }])
  expect(catalog.unknown).toEqual([])
  expect(catalog.named.get('pg_class')).toHaveLength(2)
})

test('the shop’s masks are all there', () => {
  expect(new Set([...shop.catalog.masked.values()].map(({ column }) => column))).toEqual(new Set(masks))
})
