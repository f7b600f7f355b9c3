import type { Attempt } from './corpus.js'

/** Texts that differ where masked values do, each by another kind of expression. */
const expressions = [
  "ssn || ''",
  'upper(email)',
  'lower(email)',
  'reverse(ssn)',
  'substr(ssn, 1, 9)',
  'md5(ssn)',
  'pin::text',
  '(pin + 1)::text',
  "concat(email, '')",
  "concat_ws(',', id, ssn)",
  "format('%s', email)",
  "replace(ssn, 'x', 'y')",
  "translate(email, '!', '?')",
  "encode(email::bytea, 'hex')",
  "coalesce(ssn, '')",
  "nullif(ssn, '')",
  'CASE WHEN id > 0 THEN email END',
  '(ARRAY[ssn])[1]',
  "array_to_string(ARRAY[email, ssn], ',')",
  '(ROW(email, 1))::text',
  'row_to_json(c)::text',
  "to_jsonb(c) ->> 'ssn'",
  "json_build_object('a', email)::text",
  'quote_literal(ssn)',
  "split_part(email, '!', 1)",
  'lpad(ssn, 60)',
  "regexp_replace(email, '^', '')",
  "greatest(ssn, '')",
  '(SELECT c.email)',
  'salary::text',
]

/** What is done with them, and what becomes of it. */
const places: readonly (readonly [expected: string, sql: string])[] = [
  ['answered', 'SELECT @ FROM customers c'],
  ['answered', 'SELECT x FROM (SELECT @ AS x FROM customers c) s'],
  ['answered', 'WITH s AS (SELECT @ AS x FROM customers c) SELECT x FROM s'],
  ['answered', 'SELECT @ AS x FROM customers c UNION ALL SELECT name FROM customers'],
  ['answered', 'SELECT s.x FROM customers c, LATERAL (SELECT @ AS x) s'],
  ['answered', 'SELECT array_agg(@) FROM customers c'],
  ['answered', "SELECT string_agg(@, ',') FROM customers c"],
  ['answered', 'SELECT first_value(@) OVER (ORDER BY id) FROM customers c'],
  ['answered', 'SELECT ARRAY(SELECT @ FROM customers c)'],
  ['answered', 'SELECT (SELECT @ FROM customers c WHERE id = 1)'],
  ['answered', 'COPY (SELECT @ FROM customers c) TO STDOUT'],
  ['answered', 'BEGIN; DECLARE k CURSOR FOR SELECT @ FROM customers c; FETCH ALL k; COMMIT'],
  ['answered', 'PREPARE crossed_{n} AS SELECT @ FROM customers c; EXECUTE crossed_{n}'],
  ['refused COLUMN_MASKED', 'SELECT @ AS x INTO crossed_{n} FROM customers c'],
  ['refused COLUMN_MASKED', 'CREATE TABLE crossed_{n} AS SELECT @ AS x FROM customers c'],
  ['refused COLUMN_MASKED', 'INSERT INTO notes (id, body) SELECT 100000 + 1000 * {n} + id, @ FROM customers c'],
  ['refused COLUMN_MASKED', "SELECT set_config('crossed.x', @, false) FROM customers c"],
  ['refused COLUMN_MASKED', "SELECT pg_notify('crossed', @) FROM customers c"],
  ['refused COLUMN_MASKED', 'UPDATE customers c SET name = @'],
]

/** Every expression in every place. */
export const crossed = (): readonly Attempt[] =>
  places.flatMap(([expected, place]) =>
    expressions.map((expression): Attempt => {
      const steps = place.replaceAll('@', expression).split('; ')
      const title = `crossed: ${steps.join('; ')}`
      return { file: 'crossed', expected, flags: new Set(), parameters: [], steps, title }
    }),
  )
