import { forbidden, masked, pin } from './canaries.js'

const quoted = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ')

/**
 * A small database whose names all mean something harmless. `people` is masked in `ssn` and `pin`, as are `patients` and
 * what becomes a part of them; `secrets` and `kept` are under rules.
 */
export const schema = `
  CREATE SCHEMA public; CREATE SCHEMA alt;
  CREATE TABLE people (id int PRIMARY KEY, name text, ssn text, pin int);
  INSERT INTO people SELECT i, 'name ' || i, (ARRAY[${quoted(masked)}])[i], ${pin} FROM generate_series(1, 3) i;
  CREATE TABLE secrets (id int, word text);
  INSERT INTO secrets SELECT i, (ARRAY[${quoted(forbidden)}])[i] FROM generate_series(1, 2) i;
  CREATE TABLE kept (id int PRIMARY KEY);
  INSERT INTO kept VALUES (1);
  CREATE TABLE plain (id int PRIMARY KEY, x text);
  INSERT INTO plain SELECT i, 'plain ' || i FROM generate_series(1, 3) i;
  CREATE TABLE next_plain (id int PRIMARY KEY, x text);
  INSERT INTO next_plain VALUES (1, 'next');
  CREATE TABLE base (id int, ssn text);
  INSERT INTO base VALUES (0, 'base');
  CREATE TABLE first_child () INHERITS (base);
  CREATE TABLE patients (id int, ssn text) PARTITION BY LIST (id);
  CREATE TABLE ward (id int, ssn text);
  CREATE TABLE bed (id int NOT NULL, name text, ssn text, pin int);
  CREATE TABLE watched (id int, x text);
  CREATE TABLE lines (id int);
  CREATE VIEW v AS SELECT id, name AS x FROM people;
  CREATE VIEW vv AS SELECT * FROM v;
  CREATE VIEW w AS SELECT id, x FROM plain;
  CREATE VIEW over_base AS SELECT id, ssn FROM base;
  CREATE VIEW alt.sealed AS SELECT id, ssn AS x FROM people;
  CREATE FUNCTION f(int) RETURNS text LANGUAGE sql STABLE AS $$SELECT 'f ' || $1$$;
  CREATE FUNCTION g(bigint) RETURNS text LANGUAGE sql STABLE AS $$SELECT 'g ' || $1$$;
  CREATE OPERATOR ### (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl);
  CREATE FUNCTION sum_telling(int, int) RETURNS text LANGUAGE sql STABLE AS
    $$SELECT ssn FROM public.people WHERE id = $1$$;
  CREATE TYPE boxed AS (a text, b text);
  CREATE FUNCTION boxed_telling(text) RETURNS boxed LANGUAGE sql STABLE AS
    $$SELECT ROW(ssn, ssn)::public.boxed FROM public.people LIMIT 1$$;
  CREATE DOMAIN code AS text CHECK (length(VALUE) > 0);
  CREATE TYPE mood AS ENUM ('low', 'high');
  CREATE TABLE things (id int, code code, mood mood, box boxed);
  INSERT INTO things VALUES (1, 'code', 'low', ROW('a', 'b'));
  CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
  CREATE FUNCTION telling() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN NEW.x := (SELECT word FROM public.secrets LIMIT 1); RETURN NEW; END$$;
  CREATE FUNCTION unset(text, text) RETURNS text LANGUAGE plpgsql AS
    $$BEGIN PERFORM pg_catalog.set_config($1, $2, false); RETURN $1; END$$;
`

export const policy = {
  masks: [{ columns: ['people.ssn', 'people.pin', 'patients.ssn'].map((name) => `public.${name}`), with: 'redact' }],
  functions: { pure: ['public.unset'] },
  trusted_functions: ['public.unset'],
  rules: [
    { name: 'secrets', when: { reads: ['public.secrets'] }, do: 'block' },
    { name: 'rewrites', when: { statement: ['rewrite table'] }, do: 'block' },
    { name: 'kept', when: { writes: ['public.kept', 'public.kept_view'] }, do: 'block' },
  ],
}
