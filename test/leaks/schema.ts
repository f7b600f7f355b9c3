import { customers, others, type Side } from './values.js'
import type { Contents } from './world.js'

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`

const at = (values: readonly string[] | undefined, row: number): string => quoted(values?.[row] ?? '')

const people = (side: Side): string =>
  ['Ada', 'Bob', 'Cyn']
    .map((name, row) => {
      const masked = Object.values(customers[side]).map((values) => at(values, row))
      return `(${row + 1}, '${name}', 'Oslo', '2024-0${row + 1}-05', ${masked.join(', ')})`
    })
    .join(', ')

const rows = (side: Side, column: string, write: (row: number, value: string) => string): string =>
  [0, 1, 2].map((row) => write(row, at(others[side][column], row))).join(', ')

/** A shop in which masked columns have most types and stand in most places that a table can have. */
export const schema = (side: Side): string => `
  CREATE TYPE address AS (street text, zip text);
  CREATE TYPE mood AS ENUM ('calm', 'happy', 'sad');
  CREATE DOMAIN short AS text CHECK (length(VALUE) < 8);
  CREATE DOMAIN digits AS text CHECK (VALUE ~ '^[0-9]+$');

  CREATE TABLE customers (
    id int PRIMARY KEY, name text, city text, joined date,
    email text, ssn varchar(11) UNIQUE CHECK (length(ssn) < 20), phone text, pin int, salary numeric(12,2),
    balance bigint, score float8, born date, token uuid UNIQUE, profile jsonb, secret bytea, aliases text[], ip inet,
    home address, level smallint, vip bool, mood mood);
  INSERT INTO customers VALUES ${people(side)};
  INSERT INTO customers (id, name, city, joined) VALUES (4, 'Dee', 'Rome', '2024-04-05');

  CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, total numeric, placed date);
  INSERT INTO orders VALUES (1, 1, 10, '2026-01-01'), (2, 2, 20, '2026-01-02'), (3, 2, 5, '2026-01-03'), (4, 3, 7, NULL);
  CREATE TABLE notes (id int PRIMARY KEY, body text, n numeric, at date, doc jsonb, names text[]);
  INSERT INTO notes VALUES (1, 'first', 1, '2026-01-01', '{}', '{}'), (2, 'second', 2, '2026-01-02', '{}', '{}');
  CREATE TABLE "Odd Name" (id int, "a b" text);
  CREATE TABLE names (id int, ssn text, email text);
  INSERT INTO names VALUES (1, 'not masked', 'plain@names.example');
  CREATE SEQUENCE counter;

  CREATE TABLE events (id int, at date, payload jsonb) PARTITION BY RANGE (at);
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  INSERT INTO events VALUES ${rows(side, 'events.payload', (row, value) => `(${row}, '2026-02-0${row + 1}', ${value})`)};

  CREATE SCHEMA crm;
  CREATE TABLE crm.people (id int, phone text, digits text GENERATED ALWAYS AS (replace(phone, '-', '')) STORED);
  INSERT INTO crm.people VALUES ${rows(side, 'people.phone', (row, value) => `(${row}, ${value})`)};

  CREATE TABLE vault (id int PRIMARY KEY, label text, code text UNIQUE);
  INSERT INTO vault VALUES ${rows(side, 'vault.code', (row, value) => `(${row}, 'label ${row}', ${value})`)};
  CREATE TABLE keys (id int, code text REFERENCES vault (code) DEFERRABLE INITIALLY DEFERRED, short short);
  CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE NOTICE 'the code is %', OLD.code; RETURN NEW; END $$;
  CREATE TRIGGER tell BEFORE UPDATE ON vault FOR EACH ROW EXECUTE FUNCTION tell();
  CREATE FUNCTION tell_late() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.label = 'late' THEN RAISE EXCEPTION 'late: %', NEW.code; END IF; RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER tell_late AFTER UPDATE ON vault DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION tell_late();

  CREATE VIEW active AS SELECT id, name FROM customers WHERE city = 'Oslo';
  CREATE VIEW contacts AS SELECT id, email AS mail, ssn FROM customers;
  CREATE VIEW contacts_again AS SELECT c.mail || '' AS mail, o.id AS order_id FROM contacts c JOIN orders o ON o.customer_id = c.id;
  CREATE VIEW whole AS SELECT row_to_json(c) AS doc FROM customers c;
  CREATE VIEW both_names AS SELECT id, email FROM customers UNION ALL SELECT id, email FROM names;
  CREATE VIEW initials AS SELECT id, left(email, 7) AS initial FROM customers;
  CREATE VIEW counted AS SELECT level, count(*) AS n FROM customers GROUP BY level;
  CREATE VIEW high WITH (security_barrier) AS SELECT id, name FROM customers WHERE salary > 600000;
  CREATE MATERIALIZED VIEW kept AS SELECT id, email FROM customers;

  CREATE VIEW tallied AS SELECT n.id, (SELECT count(*) FROM orders) AS tally FROM notes n;
  CREATE VIEW tallied_again AS SELECT id, tally + 1 AS tally FROM tallied;
  CREATE FUNCTION tally() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM orders';
  CREATE FUNCTION placed_by(text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM orders WHERE placed::text > $1';
  CREATE FUNCTION either(bool, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN $1 THEN $2 END';

  CREATE FUNCTION mail_of(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT email FROM customers WHERE id = $1';
  CREATE FUNCTION mail_body(i int) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC SELECT email FROM customers WHERE id = i; END;
  CREATE FUNCTION frozen() RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT email FROM customers WHERE id = 1';
  CREATE FUNCTION twice(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1 || $1';
  CREATE FUNCTION all_customers() RETURNS SETOF customers LANGUAGE sql AS 'SELECT * FROM customers';
  CREATE FUNCTION peek() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT ssn FROM customers WHERE id = 1); END $$;
  CREATE FUNCTION run(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE q INTO r; RETURN r; END $$;
  CREATE FUNCTION echo(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE NOTICE 'echo %', $1; RETURN $1; END $$;
  CREATE FUNCTION notes(customers) RETURNS text LANGUAGE sql AS 'SELECT $1.email';
  CREATE FUNCTION loud(text, text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', $1; RETURN $1 = $2; END $$;
  CREATE OPERATOR === (LEFTARG = text, RIGHTARG = text, FUNCTION = loud);
  CREATE OPERATOR @#@ (RIGHTARG = text, FUNCTION = ts_stat);
  CREATE OPERATOR @@@@ (LEFTARG = tsquery, RIGHTARG = text, FUNCTION = ts_rewrite);
  CREATE PROCEDURE keep_mail() LANGUAGE sql AS 'INSERT INTO notes (id, body) SELECT 900, email FROM customers LIMIT 1';
  CREATE TABLE ruled (id int);
  INSERT INTO ruled VALUES (1);
  CREATE RULE noted AS ON DELETE TO ruled DO ALSO SELECT email FROM customers;
  ANALYZE;
`

const masked = [
  'pin',
  'salary',
  'balance',
  'score',
  'born',
  'token',
  'profile',
  'secret',
  'aliases',
  'ip',
  'home',
].concat(['level', 'vip', 'mood'])

/** Masks of every kind on every masked column. */
export const policy = {
  predicates: { default: 'equality' },
  // The sessions of the suite see more errors than a person's would.
  masked_errors: 1_000_000,
  masks: [
    { columns: ['public.customers.email'], with: 'email' },
    { columns: ['public.customers.ssn'], with: { keep_last: 4 } },
    { columns: ['public.customers.phone'], with: 'hash' },
    { columns: masked.map((column) => `public.customers.${column}`), with: 'redact' },
    { columns: ['public.events.payload', 'crm.people.phone', 'public.vault.code'], with: 'redact' },
  ],
}

export const shop: Contents = {
  schema,
  policy,
  values: (side) => [...Object.values(customers[side]).flat(), ...Object.values(others[side]).flat()],
  tables: ['customers', 'events', 'crm.people', 'vault'],
  computed: ['crm.people.digits', 'public.kept.email', 'public.events_2026.payload'],
}
