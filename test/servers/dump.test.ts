import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'
import { startTestGateway } from '../helpers/gateway.js'
import { onSecondServer } from '../helpers/pgvector.js'
import { tempFolder } from '../helpers/temp.js'
import { serverFolder } from './folder.js'

const hidden = `
  CREATE SCHEMA vault;
  CREATE TABLE vault.person (id int PRIMARY KEY, email text, pin int);
  INSERT INTO vault.person VALUES (1, 'ada@example.com', 4711)`

const shop = `
  CREATE SCHEMA shop; SET search_path = shop;
  CREATE TYPE state AS ENUM ('open', 'sent', 'paid');
  CREATE TYPE size AS (width int, height int);
  CREATE TYPE span AS RANGE (subtype = numeric);
  CREATE DOMAIN price AS numeric(10, 2) CHECK (VALUE >= 0);
  CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, tags text[] DEFAULT '{}',
    doc jsonb, seen timestamptz DEFAULT now(), raw bytea, box size, valid span,
    shout text GENERATED ALWAYS AS (upper(name)) STORED);
  CREATE TABLE orders (id serial PRIMARY KEY, customer int REFERENCES customers ON DELETE CASCADE, total price, state state,
    changed date, CONSTRAINT sane CHECK (total < 1000000), UNIQUE (customer, total));
  CREATE INDEX by_total ON orders (total DESC) WHERE state = 'open';
  CREATE INDEX by_word ON customers USING gin (to_tsvector('english', name));
  CREATE STATISTICS apart (dependencies) ON customer, state FROM orders;
  CREATE TABLE events (at date, what text) PARTITION BY RANGE (at);
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE parent (id int); CREATE TABLE child (more text) INHERITS (parent);
  CREATE VIEW totals WITH (security_barrier) AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer;
  CREATE MATERIALIZED VIEW kept AS SELECT state, count(*) AS n FROM orders GROUP BY state;
  CREATE RULE quiet AS ON DELETE TO child DO INSTEAD NOTHING;
  ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON orders USING (total > 0);
  COMMENT ON TABLE orders IS 'what was ordered';
  ALTER TABLE orders ALTER total SET STATISTICS 500, ALTER changed SET STORAGE PLAIN;
  GRANT SELECT ON totals TO PUBLIC; GRANT UPDATE (state) ON orders TO PUBLIC;
  INSERT INTO customers (name, tags, doc, seen, raw, box, valid) SELECT 'name ' || g, ARRAY['a', g::text],
    jsonb_build_object('n', g), '2026-01-01'::timestamptz + g * interval '1 hour', decode(lpad(to_hex(g), 8, '0'), 'hex'),
    ROW(g, g + 1)::size, span(g, g * 2) FROM generate_series(1, 300) g;
  INSERT INTO orders (customer, total, state) SELECT g, g * 1.5, 'open' FROM generate_series(1, 300) g;
  INSERT INTO events VALUES ('2026-03-01', E'a tab\\t, a quote\\' and a \\\\ backslash');
  INSERT INTO child VALUES (1, NULL), (2, '');
  SELECT lo_from_bytea(424242, '\\x00ff1000'::bytea);
  REFRESH MATERIALIZED VIEW kept`

const run = async (name: string, args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(join(serverFolder, 'bin', name), args, { maxBuffer: 64 << 20 })
  return stdout
}

/** What stands in a database, asked of the server itself; the word by which psql knows where a script ends is another each time. */
const contents = async ({ url }: FreshDatabase): Promise<string> =>
  (await run('pg_dump', ['--dbname', url, '--schema=shop', '--blobs'])).replaceAll(/^\\(un)?restrict .*$/gm, '')

describe.skipIf(!onSecondServer())('pg_dump and pg_restore, through hoop’s port', () => {
  test('what has no masks comes out and goes in again as it was, while another table is masked', async () => {
    await using source = await freshDatabase()
    await using target = await freshDatabase()
    for (const [database, sql] of [[source, `${hidden};${shop}`] as const, [target, hidden] as const])
      await (await database.client()).query(sql)
    await using folder = await tempFolder()
    const policies = { open: { masks: [{ columns: ['vault.person.email', 'vault.person.pin'], with: 'redact' }] } }
    const file = folder.file('dump')
    await using gateway = await startTestGateway({
      database: source.url,
      policies,
      connection: { databases: [source.name, target.name] },
    })
    await using port = await gateway.connect('casey')
    const through = (name: string, database: FreshDatabase, ...args: string[]) =>
      run(name, [
        ...[`--host=${port.host}`, `--port=${port.port}`, '--username=postgres', `--dbname=${database.name}`],
        ...args,
      ])
    await through('pg_dump', source, '--format=custom', '--schema=shop', '--blobs', `--file=${file}`)
    await through('pg_restore', target, '--exit-on-error', file)
    const restored = await contents(target)
    expect(restored).toContain('CREATE MATERIALIZED VIEW shop.kept')
    expect(restored).toContain("lo_open('424242'")
    expect(restored).toEqual(await contents(source))
  })
})
