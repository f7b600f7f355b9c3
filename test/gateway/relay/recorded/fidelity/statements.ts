/** Tables of which some columns are masked. */
export const schema = `
  CREATE TABLE people (id int PRIMARY KEY, email text, ssn text, note text, secret text, flags bit(24));
  INSERT INTO people VALUES
    (1, 'grace@navy.example', '123-45-6789', 'ä, "漢" 🐘', 'canary-1', B'101010101010101010101010'),
    (2, NULL, '', E'two\\nlines\\tand a tab', NULL, NULL),
    (3, 'kai+more@sub.example', '9', '', 'canary-3', B'000000000000000000000001');
  CREATE TABLE shelf (id int, data bytea, tags text[], spans int4range, at timestamptz, doc jsonb, amount numeric);
  INSERT INTO shelf VALUES
    (1, '\\x00ff10ab', ARRAY['a,b', 'c"d', NULL, ''], '[1,5)', '2026-01-01T00:00:00Z', '{"a": [1, null]}', 1.50),
    (2, '', '{}', 'empty', '-infinity', 'null', -0.001), (3, NULL, NULL, NULL, NULL, NULL, NULL);`

export const policy = {
  masks: [
    { columns: ['public.people.email'], with: 'email' },
    { columns: ['public.people.ssn'], with: { keep_last: 4 } },
    { columns: ['public.people.secret'], with: 'redact' },
    { columns: ['public.people.flags'], with: 'vector' },
  ],
  rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }],
}

/** Each gives rows, in any protocol and format. */
export const statements = [
  'SELECT * FROM people ORDER BY id',
  'SELECT email, note || id AS text, ssn AS "the ""ssn""" FROM people WHERE id < 3 ORDER BY id DESC',
  'SELECT * FROM shelf ORDER BY id',
  "SELECT NULL AS nothing, '' AS empty, true AS yes, 1.5::float8 AS f, 2::int8 AS n, ARRAY[[1,NULL],[3,4]] AS grid",
  "SELECT repeat('long ä ', 20000) AS long, '\\x'::bytea AS none",
  "SELECT n, 'value ' || n AS v, NULLIF(n % 3, 0) AS gap FROM generate_series(1, 150) n",
  'SELECT id FROM people WHERE false',
] as const

export const parameterized = [
  { text: 'SELECT * FROM people WHERE id = $1', values: ['2'] },
  { text: 'SELECT $1::text AS t, $2::int AS n, email FROM people ORDER BY id', values: ['ä', '7'] },
  { text: 'SELECT 1 / $1::int AS never', values: ['0'] },
] as const

/** Several in one text, the last of which isn't come to. */
export const several =
  "SELECT 1 AS a; SELECT email FROM people ORDER BY id; SELECT NULL AS b, 'x' AS c; SELECT 1/0; SELECT 5"

export const returning = 'INSERT INTO shelf (id, amount) VALUES (9, 1) RETURNING id, amount, data'

/** What fails at the server, at its parser, and at a rule. */
export const fails = ['SELECT 1/0', 'SELEC 1', 'DROP TABLE people', 'SELECT * FROM nowhere'] as const

export const cursor = [
  'BEGIN',
  'DECLARE c CURSOR FOR SELECT * FROM people ORDER BY id',
  'FETCH 2 FROM c',
  'FETCH ALL FROM c',
  'COMMIT',
] as const
