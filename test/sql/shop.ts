import type { Client } from 'pg'
import { loadCatalog, type Catalog } from '../../src/sql/catalog.js'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'

/** What the policy hides in the shop. */
export const masks = [
  'public.customers.email',
  'public.customers.ssn',
  'public.events.payload',
  'crm.people.phone',
  'crm.flags.vip',
]

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text, email text, ssn varchar(11), tags text[] DEFAULT '{}');
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, total numeric, placed date);
  CREATE TABLE staging (id int PRIMARY KEY, email text, name text);
  CREATE TABLE events (id int, at date, payload jsonb) PARTITION BY RANGE (at);
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE SCHEMA crm;
  CREATE TABLE crm.people (id int, phone text, digits text GENERATED ALWAYS AS (replace(phone, '-', '')) STORED);
  CREATE FUNCTION emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO gone SELECT phone FROM crm.people; RETURN NULL; END $$;
  CREATE TRIGGER emptied BEFORE TRUNCATE ON crm.people EXECUTE FUNCTION emptied();
  CREATE TABLE crm.flags (id int, vip bool);
  CREATE TABLE crm.notes (id int, body text);
  CREATE VIEW active AS SELECT id, name FROM customers;
  CREATE VIEW active_again AS SELECT * FROM active;
  CREATE VIEW whole AS SELECT row_to_json(c) FROM customers c;
  CREATE VIEW sums AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY customer_id;
  CREATE VIEW peeking AS SELECT query_to_xml('select 1', true, true, '');
  CREATE MATERIALIZED VIEW kept AS SELECT email FROM customers;
  CREATE FUNCTION peek(text) RETURNS text LANGUAGE sql AS 'SELECT email FROM customers LIMIT 1';
  CREATE FUNCTION initcap(int) RETURNS text LANGUAGE sql AS 'SELECT email FROM customers LIMIT 1';
  CREATE FUNCTION leak(orders) RETURNS text LANGUAGE sql AS 'SELECT email FROM customers LIMIT 1';
  CREATE PROCEDURE work() LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION same(int, int) RETURNS bool LANGUAGE sql AS 'SELECT $1 = $2';
  CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
  CREATE TABLE ruled (id int);
  CREATE RULE noted AS ON DELETE TO ruled DO ALSO SELECT email FROM customers;
  CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm; CREATE EXTENSION isn; CREATE EXTENSION tablefunc; CREATE EXTENSION pg_stat_statements;
  CREATE TYPE pair AS (first int, second text);
  CREATE DOMAIN paired AS pair;
  CREATE TABLE pairs (pair pair);
  CREATE FUNCTION one_row(OUT p pair) LANGUAGE sql AS 'SELECT ROW(1, $$x$$)::pair';
  CREATE FUNCTION rows_out() RETURNS TABLE (p pair) LANGUAGE sql AS 'SELECT ROW(1, $$x$$)::pair';
  CREATE FUNCTION of_domain() RETURNS paired LANGUAGE sql AS 'SELECT ROW(1, $$x$$)::paired';
  CREATE FUNCTION two_out(OUT p pair, OUT n int) LANGUAGE sql AS 'SELECT ROW(1, $$x$$)::pair, 2';
  INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', '123-45-6789'), (2, 'Bob', 'bob@example.com', '987-65-4321');
  INSERT INTO orders VALUES (1, 1, 10, '2026-01-01'), (2, 2, 20, '2026-01-02');
  INSERT INTO events VALUES (1, '2026-02-02', '{"a": 1}');
`

export interface Shop extends AsyncDisposable {
  readonly database: FreshDatabase
  readonly client: Client
  readonly catalog: Catalog
}

export const catalogOf = (client: Client, masked: readonly string[]): Promise<Catalog> =>
  loadCatalog(async (sql, parameters) => (await client.query<Record<string, unknown>>(sql, parameters)).rows, masked)

/** A small database with masked columns in most shapes that a table can have. */
export const openShop = async (masked: readonly string[] = masks): Promise<Shop> => {
  const database = await freshDatabase()
  const client = await database.client()
  await client.query(schema)
  const reader = await database.client()
  const catalog = await catalogOf(reader, masked)
  return { database, client, catalog, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}
