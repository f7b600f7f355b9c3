import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import { catalogOf, masks, openShop, type Shop } from '../shop.js'

let shop: Shop
let catalog: Catalog
beforeAll(async () => {
  shop = await openShop()
  await shop.client.query(`
    CREATE FUNCTION plus(a int, b int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN a + b; END $$;
    CREATE FUNCTION fact(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN n < 2 THEN 1 ELSE n * fact(n - 1) END; END $$;
    CREATE FUNCTION even(n int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN n = 0 OR odd(n - 1); END $$;
    CREATE FUNCTION odd(n int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN n <> 0 AND even(n - 1); END $$;
    CREATE FUNCTION note(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO crm.notes VALUES (1, t); END $$;
    CREATE FUNCTION notes_it(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM note(t); END $$;
    CREATE FUNCTION dynamic(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE q INTO r; RETURN r; END $$;
    CREATE FUNCTION calls_dynamic() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN dynamic('SELECT 1'); END $$;
    CREATE FUNCTION peeks() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT email FROM customers LIMIT 1); END $$;
    CREATE FUNCTION peeks_on() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN peeks(); END $$;
    CREATE FUNCTION reads() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM staging); END $$;
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO gone VALUES (helper(NEW.body)); RETURN NULL; END $$;
    CREATE FUNCTION helper(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN $1; END $$;
    CREATE FUNCTION two(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN $1; END $$;
    CREATE FUNCTION two(int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x'; END $$;
    CREATE AGGREGATE summed (int) (SFUNC = plus, STYPE = int);
    CREATE OPERATOR #### (LEFTARG = int, RIGHTARG = int, FUNCTION = plus)`)
  await shop.client.query('CREATE TRIGGER keep BEFORE INSERT ON crm.people FOR EACH ROW EXECUTE FUNCTION keep()')
  catalog = await catalogOf(shop.client, masks)
})
afterAll(() => shop[Symbol.asyncDispose]())

const refusal = (sql: string) => {
  const { statements, syntax } = analyse(sql, catalog, { predicates: 'equality' })
  expect(syntax).toBeUndefined()
  return statements[0]?.unproven
}

test.for([
  'SELECT plus(1, 2), fact(3), even(4), reads()',
  'SELECT note(name) FROM active',
  'SELECT notes_it(body) FROM crm.notes',
  'SELECT summed(id) FROM orders',
  'SELECT 1 === 2',
  'CALL work()',
  'SELECT id #### 2 FROM orders',
  'INSERT INTO crm.notes VALUES (plus(1, 2))',
])('nothing masked is near in %s', (sql) => expect(refusal(sql)).toBeUndefined())

test.for([
  ['SELECT dynamic($1)', 'dynamic'],
  ['SELECT calls_dynamic()', 'calls_dynamic'],
  ['SELECT peeks()', 'peeks'],
  ['SELECT peeks_on()', 'peeks_on'],
  ["SELECT two('x')", 'two'],
  ['SELECT plus(id, 1), email FROM customers', 'plus'],
  ['SELECT note(email) FROM customers', 'note'],
  ['SELECT summed(length(email)) FROM customers', 'summed'],
  ['SELECT length(email) #### 1 FROM customers', '####'],
  ['CREATE DOMAIN d AS int CHECK (plus(VALUE, 1) > 0)', 'plus'],
] as const)('%s is refused for %s', ([sql, subject]) => expect(refusal(sql)?.subject).toBe(subject))

const made = (body: string, head = 'made()', more = ''): string =>
  `CREATE FUNCTION ${head} RETURNS int LANGUAGE plpgsql ${more} AS $$ ${body} $$`

test.for([
  made('BEGIN RETURN 1; END'),
  made('BEGIN RETURN a + (SELECT count(*) FROM orders); END', 'made(a int)'),
  made("BEGIN INSERT INTO crm.notes VALUES (1, 'x'); RETURN 1; END"),
  made('BEGIN RETURN made(a - 1); END', 'made(a int)'),
  made('BEGIN DELETE FROM staging; RETURN 1; END', 'made()', 'SET search_path = public, pg_temp'),
  made('BEGIN WITH x AS (SELECT 1 AS a) INSERT INTO notes SELECT a FROM x; RETURN 1; END'),
  made("BEGIN RAISE NOTICE 'a %', a; RETURN plus(a, 1); END", 'made(a int)'),
  made('BEGIN RETURN 1; END', 'plus(a text)'),
  "CREATE FUNCTION made(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1'",
  'CREATE FUNCTION made(a int) RETURNS int IMMUTABLE RETURN a + 1',
  'CREATE PROCEDURE made() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM crm.notes; END $$',
  'CREATE FUNCTION made() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO crm.notes VALUES (NEW.id); RETURN NEW; END $$',
  'CREATE AGGREGATE made (int) (SFUNC = plus, STYPE = int)',
  'CREATE AGGREGATE made (int) (SFUNC = int4pl, STYPE = int)',
  'CREATE OPERATOR @#@ (LEFTARG = int, RIGHTARG = int, FUNCTION = plus)',
  'CREATE TRIGGER t BEFORE INSERT ON crm.notes FOR EACH ROW EXECUTE FUNCTION helper()',
])('%s may be made', (sql) => expect(refusal(sql)).toBeUndefined())

test.for([
  [made('BEGIN RETURN (SELECT max(length(email)) FROM customers); END'), /masked columns/],
  [made('BEGIN EXECUTE q; RETURN 1; END', 'made(q text)'), /puts SQL together/],
  [made('BEGIN RETURN length(peeks()); END'), /peeks/],
  [made('BEGIN RETURN length(dynamic(q)); END', 'made(q text)'), /dynamic/],
  [made("BEGIN RETURN query_to_xml('x', true, true, ''); END"), /query_to_xml/],
  [made('BEGIN INSERT INTO crm.notes VALUES (a, b); RETURN 1; END', 'made(a int, b text)'), /keep what it is given/],
  [made('BEGIN PERFORM note(a); RETURN 1; END', 'made(a text)'), /keep what it is given/],
  [made("BEGIN PERFORM pg_notify('a', a); RETURN 1; END", 'made(a text)'), /keep what it is given/],
  [made("BEGIN PERFORM set_config('a.b', a, false); RETURN 1; END", 'made(a text)'), /changes settings/],
  [made("BEGIN INSERT INTO crm.notes VALUES (1, 'x'); RETURN 1; END", 'plus()'), /takes the place/],
  [made('BEGIN INSERT INTO orders VALUES (a); RETURN 1; END', 'made(a int)'), /orders/],
  [made('BEGIN INSERT INTO crm.notes SELECT id FROM exported; RETURN 1; END'), /exported/],
  [made('BEGIN INSERT INTO crm.notes SELECT id FROM crm.exported; RETURN 1; END'), /exported/],
  [made('BEGIN DELETE FROM staging; RETURN 1; END'), /staging/],
  [made('BEGIN RETURN (SELECT count(*) FROM peeking); END'), /peeking|masked columns/],
  [made('BEGIN CREATE TABLE x (a int); RETURN 1; END'), /more than read and write/],
  [made('BEGIN RETURN 1; END', 'lower(a int)'), /came with the server/],
  [made('BEGIN RETURN 1; END', 'crm.lower(a int)'), /came with the server/],
  [made('BEGIN RETURN 1; END', 'similarity(a int)'), /an extension/],
  [made('BEGIN RETURN 1; END', 'pg_catalog.made()'), /the server’s own/],
  [made('BEGIN RETURN 1; END', 'crm.helper(a varchar)'), /something that has to do with masked columns calls helper/],
  [made('BEGIN RETURN NULL; END', 'keep()'), /something that has to do with masked columns calls keep/],
  [made('BEGIN RETURN 1; END', 'made()', 'SET standard_conforming_strings = off'), /standard_conforming_strings/],
  [made('BEGIN RETURN 1; END', 'made()', 'SET session_replication_role = replica'), /options/],
  ["CREATE FUNCTION made() RETURNS int LANGUAGE c AS 'x', 'y'", /language/],
  ["CREATE FUNCTION made() RETURNS int LANGUAGE internal AS 'pg_read_file'", /language/],
  ["CREATE FUNCTION made() RETURNS float8 LANGUAGE sql IMMUTABLE AS 'SELECT random()'", /IMMUTABLE/],
  ['CREATE FUNCTION made() RETURNS date IMMUTABLE RETURN CURRENT_DATE', /IMMUTABLE/],
  ['CREATE FUNCTION made() RETURNS text BEGIN ATOMIC SELECT email FROM customers; END', /masked columns/],
  ['CREATE PROCEDURE made() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$', /transactions/],
  ['CREATE OPERATOR = (LEFTARG = text, RIGHTARG = text, FUNCTION = text_gt)', /operator =/],
  ['CREATE OPERATOR crm.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = text_gt)', /operator <>/],
  ['CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = text_gt)', /operator ===/],
  ['CREATE OPERATOR @#@ (LEFTARG = text, RIGHTARG = text, FUNCTION = note)', /note/],
  ['CREATE OPERATOR @#@ (LEFTARG = text, RIGHTARG = text, FUNCTION = dynamic)', /dynamic/],
  ['CREATE AGGREGATE made (text, bool) (SFUNC = set_config, STYPE = text)', /set_config/],
  ['CREATE AGGREGATE sum (text) (SFUNC = textcat, STYPE = text)', /came with the server/],
  ['CREATE CAST (text AS int) WITH FUNCTION two(text)', /not analysed/],
] as const)('%s is refused', ([sql, why]) => expect(refusal(sql)?.why).toMatch(why))
