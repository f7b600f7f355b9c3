import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { loadCatalog, type Catalog } from '../../../src/sql/catalog.js'

const embedding = 'public.documents.embedding'
const secret = 'public.documents.secret'

let glite: PGlite
let catalog: Catalog

beforeAll(async () => {
  glite = await PGlite.create({ extensions: { vector } })
  await glite.exec(`CREATE EXTENSION vector;
    CREATE TABLE documents (id int PRIMARY KEY, body text, place int, email text, embedding vector(3), secret vector(3));
    CREATE TABLE levels (level float8);
    CREATE TABLE queries (id int, wanted vector(3));
    CREATE VIEW scored AS SELECT id, embedding <=> '[1,0,0]' AS distance FROM documents`)
  catalog = await loadCatalog(
    async (sql, parameters) => (await glite.query<Record<string, unknown>>(sql, parameters)).rows,
    [embedding, secret, 'public.documents.email'],
  )
}, 120_000)
afterAll(() => glite.close())

const statement = (sql: string, right: 'compare' | 'show' = 'compare') => {
  const predicates = { default: 'equality' as const, distances: new Map([[embedding, right]]), guesses: true }
  const [facts, more] = analyse(sql, catalog, { predicates }).statements
  if (!facts || more) throw new Error('no statement')
  return facts
}

const derived = { kind: 'derived', columns: [embedding] }
const clean = { kind: 'clean' }

/** What is asked, and which of its columns is made of a distance. */
const usual: readonly (readonly [sql: string, ...distances: number[]])[] = [
  ['SELECT id, embedding <=> $1 AS distance FROM documents ORDER BY distance LIMIT 5', 1],
  ['SELECT id, embedding <=> $1 AS distance FROM documents WHERE embedding <=> $1 < $2 ORDER BY distance LIMIT 5', 1],
  ['SELECT id, 1 - (embedding <=> $1) AS score FROM documents ORDER BY score DESC LIMIT 5', 1],
  ['SELECT id, 1 - cosine_distance(embedding, $1) AS score FROM documents ORDER BY 2 DESC LIMIT 5', 1],
  ['SELECT id, (embedding <#> $1) * -1 AS score FROM documents ORDER BY score DESC LIMIT 5', 1],
  ['SELECT id FROM documents WHERE embedding <-> $1 < 5'],
  ['SELECT id FROM documents WHERE NOT (embedding <-> $1 BETWEEN 1 AND 2 OR place = 3)'],
  [
    `WITH t AS (SELECT id, (2 - (embedding <=> $1)) / 2 AS score FROM documents)
     SELECT * FROM t WHERE round(score::numeric, 8) >= 0.5 ORDER BY score DESC LIMIT 3`,
    1,
  ],
  [
    `WITH near AS MATERIALIZED (SELECT id, embedding <-> $1 AS distance FROM documents ORDER BY distance LIMIT 5)
     SELECT * FROM near ORDER BY distance + 0`,
    1,
  ],
  [
    `SELECT * FROM (SELECT * FROM (SELECT id, embedding FROM documents
       ORDER BY binary_quantize(embedding)::bit(3) <~> binary_quantize($1::vector) LIMIT 20) a
       ORDER BY embedding <=> $1 LIMIT 5) b`,
  ],
  ['SELECT id FROM documents ORDER BY subvector(embedding, 1, 2)::vector(2) <=> subvector($1::vector, 1, 2) LIMIT 5'],
  [
    'SELECT id FROM documents WHERE id <> 1 ORDER BY embedding <-> (SELECT embedding FROM documents WHERE id = 1) LIMIT 5',
  ],
  ['SELECT id, rank() OVER (ORDER BY embedding <=> $1) AS rank FROM documents LIMIT 20', 1],
  [
    `WITH semantic AS (SELECT id, rank() OVER (ORDER BY embedding <=> $1) AS rank FROM documents
         ORDER BY embedding <=> $1 LIMIT 20),
       keyword AS (SELECT id, rank() OVER (ORDER BY ts_rank_cd(to_tsvector('english', body), query) DESC) AS rank
         FROM documents, plainto_tsquery('english', $2) query WHERE to_tsvector('english', body) @@ query LIMIT 20)
     SELECT COALESCE(semantic.id, keyword.id) AS id,
       COALESCE(1.0 / (60 + semantic.rank), 0.0) + COALESCE(1.0 / (60 + keyword.rank), 0.0) AS score
     FROM semantic FULL OUTER JOIN keyword ON semantic.id = keyword.id ORDER BY score DESC LIMIT 5`,
    1,
  ],
  [
    `SELECT id, sum(1.0 / (60 + rank)) AS score FROM (
       SELECT id, row_number() OVER (ORDER BY embedding <=> $1) AS rank FROM documents
       UNION ALL SELECT id, row_number() OVER (ORDER BY place) FROM documents) u
     GROUP BY id ORDER BY score DESC LIMIT 5`,
    1,
  ],
  [
    `SELECT id, 0.7 * (1 - (embedding <=> $1)) + 0.3 * ts_rank_cd(to_tsvector('english', body), q) AS score
     FROM documents, plainto_tsquery('english', $2) q ORDER BY score DESC LIMIT 5`,
    1,
  ],
  [
    `SELECT id, 0.7 * near + 0.3 * rank AS score FROM
       (SELECT id, 1 - (embedding <=> $1) AS near, ts_rank(to_tsvector('english', body), to_tsquery($2)) AS rank
        FROM documents) s ORDER BY score DESC LIMIT 5`,
    1,
  ],
  ['SELECT place, min(embedding <=> $1) AS best FROM documents GROUP BY place HAVING min(embedding <=> $1) < 0.5', 1],
  ['SELECT place, min(embedding <=> $1) AS best FROM documents GROUP BY place ORDER BY best LIMIT 5', 1],
  ['SELECT count(*) FILTER (WHERE embedding <=> $1 < 0.5) FROM documents'],
  ['SELECT DISTINCT ON (place) place, id FROM documents ORDER BY place, embedding <=> $1 LIMIT 5'],
  ['SELECT id FROM documents ORDER BY abs((embedding <=> $1) - 0.5) LIMIT 5'],
  [
    `SELECT q.n, x.id FROM unnest($1::vector[]) WITH ORDINALITY q (v, n)
     CROSS JOIN LATERAL (SELECT id FROM documents ORDER BY embedding <=> q.v LIMIT 5) x`,
  ],
  ['SELECT id FROM (SELECT unnest($1::vector[]) AS v) q, documents ORDER BY embedding <=> v LIMIT 5'],
  ["WITH q (v) AS (VALUES ('[1,2,3]'::vector), ($1)) SELECT id FROM documents, q ORDER BY embedding <=> q.v LIMIT 5"],
  ['SELECT a.id FROM documents a JOIN documents b ON a.embedding <=> $1 < 0.2 AND a.place = b.place'],
]

test.for(usual)('under compare, %s is answered, and no distance comes out', ([sql, ...distances]) => {
  const { unproven, outputs } = statement(sql)
  expect(unproven).toBeUndefined()
  for (const [index, output] of (outputs ?? []).entries())
    expect(output).toEqual(distances.includes(index) ? derived : output.kind === 'masked' ? output : clean)
})

test.for(usual)('under show, what %s computes from a distance comes out', ([sql, ...distances]) => {
  const { unproven, outputs } = statement(sql, 'show')
  expect(unproven).toBeUndefined()
  for (const index of distances) expect(outputs?.[index]).toEqual(clean)
})

/** By each of these a distance would be compared with as many values at once as the asker wants. */
const measuring = [
  'SELECT id, level FROM documents, levels WHERE embedding <=> $1 < level',
  'SELECT id, level FROM documents, levels ORDER BY abs((embedding <=> $1) - level) LIMIT 1',
  'SELECT id FROM documents JOIN levels ON embedding <=> $1 < level',
  'SELECT id FROM documents, generate_series(0, 2, 0.001) t ORDER BY (embedding <=> $1) - t LIMIT 5',
  'SELECT id FROM documents, (VALUES (0.1), (0.2)) t (level) WHERE embedding <=> $1 < level',
  'SELECT id FROM documents, unnest(ARRAY[0.1, 0.2]) t WHERE embedding <=> $1 < t',
  'SELECT id FROM documents WHERE embedding <=> $1 < place',
  'SELECT id FROM documents WHERE embedding <=> $1 < (SELECT max(level) FROM levels)',
  'SELECT id FROM documents WHERE embedding <=> $1 < random()',
  "SELECT id FROM documents WHERE embedding <=> $1 < current_setting('my.level')::float8",
  'SELECT id FROM documents WHERE embedding <=> $1 < extract(second FROM now())',
  'SELECT id, embedding <=> $1 AS d FROM documents UNION ALL SELECT 0, level FROM levels ORDER BY d LIMIT 5',
  'SELECT id, rank() OVER (ORDER BY d) FROM (SELECT id, embedding <=> $1 AS d FROM documents UNION ALL SELECT 0, level FROM levels) u',
  'SELECT d.id FROM (SELECT id, embedding <=> $1 AS d FROM documents) d, (SELECT level FROM levels) l ORDER BY d - level LIMIT 5',
  `WITH c AS (SELECT id, place, embedding <=> $1 AS d FROM documents)
   SELECT 1 FROM c a, c b ORDER BY a.d - b.place LIMIT 5`,
  `WITH c AS (SELECT id, place, embedding <=> $1 AS d FROM documents)
   SELECT 1 FROM (c a CROSS JOIN c b) AS j (i1, p1, d1, i2, p2, d2) ORDER BY d1 - p2 LIMIT 5`,
  `WITH c AS (SELECT d.id, t AS level, embedding <=> $1 AS d FROM documents d, generate_series(0, 2, 0.1) t)
   SELECT id FROM c ORDER BY d - level LIMIT 5`,
  'SELECT id, place FROM documents GROUP BY id, (embedding <=> $1) < 0.5',
  'SELECT DISTINCT embedding <=> $1 FROM documents',
  'SELECT count(*) OVER (PARTITION BY embedding <=> $1 < 0.5) FROM documents',
  'SELECT id FROM documents, queries ORDER BY embedding <=> wanted LIMIT 5',
  'SELECT a.id FROM documents a, documents b WHERE b.id = 1 ORDER BY a.embedding <=> b.embedding LIMIT 5',
  'SELECT a.id FROM documents a ORDER BY a.embedding <=> (SELECT b.embedding FROM documents b WHERE b.id = a.place) LIMIT 5',
  'SELECT id FROM documents ORDER BY secret <=> $1, id LIMIT (SELECT count(*) FROM documents WHERE secret <=> $1 < 0.5)',
  'SELECT id FROM documents WHERE secret <=> $1 < 0.5',
  'SELECT id FROM documents ORDER BY embedding <=> (SELECT secret FROM documents WHERE id = 1) LIMIT 5',
  'SELECT id FROM documents WHERE (embedding <=> $1) + (secret <=> $1) < 0.5',
  'SELECT id FROM documents WHERE embedding <=> $1 < length(email)',
  'SELECT id FROM documents WHERE (embedding::real[])[1] < 0.5',
  'SELECT id FROM documents WHERE embedding < $1',
  'SELECT id FROM documents LIMIT (SELECT ((embedding <=> $1) * 100)::int FROM documents WHERE id = 1)',
  'SELECT id FROM scored WHERE distance < 0.5',
  `WITH RECURSIVE r (n, d) AS (SELECT 0, embedding <=> $1 FROM documents WHERE id = 1
     UNION ALL SELECT n + 1, d - 0.001 FROM r WHERE n < 1000) SELECT n FROM r WHERE d > 0`,
  "SELECT set_config('a.b', '1', false), id FROM documents WHERE embedding <=> $1 < 0.5",
] as const

test.for(measuring)('under compare, %s is refused', (sql) => {
  expect(statement(sql).unproven).toMatchObject({ code: 'COLUMN_MASKED' })
})

test.for([
  'CREATE TABLE kept AS SELECT id, embedding <=> $1 AS d FROM documents',
  'SELECT id, embedding <=> $1 AS d INTO kept FROM documents',
  'INSERT INTO levels SELECT embedding <=> $1 FROM documents',
  'UPDATE documents SET place = ((embedding <=> $1) * 100)::int',
  'INSERT INTO levels (level) VALUES ((SELECT embedding <=> $1 FROM documents WHERE id = 1))',
  "SELECT pg_notify('a', (embedding <=> $1)::text) FROM documents",
  "SELECT set_config('a.b', (embedding <=> $1)::text, false) FROM documents",
  'SELECT pg_advisory_lock(((embedding <=> $1) * 1000)::int) FROM documents',
  'CREATE TABLE kept AS SELECT id FROM documents ORDER BY embedding <=> $1 LIMIT 5',
  'INSERT INTO levels SELECT id FROM documents WHERE embedding <=> $1 < 0.5',
  'UPDATE documents SET place = 1 WHERE embedding <=> $1 < 0.5',
  'CREATE VIEW kept AS SELECT id FROM documents WHERE embedding <=> $1 < 0.5',
])('even under show, %s keeps nothing of a distance', (sql) => {
  expect(statement(sql, 'show').unproven).toBeDefined()
})

test.for([
  'SELECT id, embedding FROM documents ORDER BY embedding <=> $1 LIMIT 5',
  'SELECT id, embedding::real[] FROM documents',
  'SELECT id, email || (embedding <=> $1)::text FROM documents',
  'SELECT id, secret <=> $1 FROM documents',
  'SELECT id, (embedding <=> $1) + (secret <=> $1) FROM documents',
  'SELECT id, embedding <=> secret FROM documents',
  'SELECT id, CASE WHEN email = $2 THEN embedding <=> $1 END FROM documents',
  'SELECT id, (SELECT embedding <=> wanted FROM queries LIMIT 1) FROM documents',
  'SELECT id, embedding <=> wanted FROM documents, queries',
  'SELECT id, array_agg(embedding <=> $1) FROM documents GROUP BY id',
  'SELECT id, distance FROM scored',
])('even under show, %s shows nothing else that is masked', (sql) => {
  expect(statement(sql, 'show').outputs?.[1]?.kind).not.toBe('clean')
})

test('a distance that may come out is a clean column, whoever asks for it later', () => {
  const cursor = statement('DECLARE c CURSOR FOR SELECT id, embedding <=> $1 FROM documents', 'show')
  expect(cursor.defines?.outputs).toEqual([clean, clean])
  const copied = statement("COPY (SELECT id, embedding <=> '[1,2,3]' FROM documents) TO STDOUT", 'show')
  expect(copied.outputs).toEqual([clean, clean])
})

test('each vector that distances are from is told, whether rows are sorted by them or not', () => {
  const vectors = (sql: string) => statement(sql).nearest?.map(({ vector: each, limit }) => [each, limit])
  expect(vectors('SELECT id FROM documents WHERE embedding <=> $1 < 0.5')).toEqual([[{ parameter: 1 }, 'any']])
  expect(vectors('SELECT id FROM documents ORDER BY embedding <=> $1::vector LIMIT 5')).toEqual([
    [{ parameter: 1 }, 'any'],
    [{ parameter: 1 }, 5],
  ])
  const list = { list: { parameter: 1 } }
  expect(
    vectors('SELECT id FROM unnest($1::vector[]) v, documents ORDER BY embedding <=> v LIMIT 5')?.[0]?.[0],
  ).toEqual(list)
  const both = "SELECT id FROM (VALUES ('[1,2,3]'), ($1)) q (v), documents ORDER BY embedding <=> v::vector LIMIT 5"
  expect(vectors(both)?.map(([each]) => each)).toEqual([
    { text: '[1,2,3]' },
    { parameter: 1 },
    { text: '[1,2,3]' },
    { parameter: 1 },
  ])
})

test('what is sorted again behind a LIMIT wants no more rows than it let through', () => {
  const near = 'WITH near AS MATERIALIZED (SELECT id, embedding <-> $1 AS d FROM documents ORDER BY d LIMIT 5)'
  expect(statement(`${near} SELECT * FROM near ORDER BY d + 0`).nearest?.map(({ limit }) => limit)).toEqual([
    'any',
    5,
    5,
  ])
  const open = 'WITH near AS (SELECT id, embedding <-> $1 AS d FROM documents)'
  expect(statement(`${open} SELECT * FROM near ORDER BY d`).nearest?.at(-1)?.limit).toBe('none')
})

const guesses = (sql: string) => statement(sql).guesses ?? []

test('each condition on a distance is a guess of its vector and its constants', () => {
  const [one] = guesses('SELECT id FROM documents WHERE embedding <=> $1 < 0.5')
  expect(one).toMatchObject({
    columns: [embedding],
    values: [{ parameter: 1 }, { of: [{ parameter: 1 }, { text: '0.5' }] }],
  })
  const [other] = guesses('SELECT id FROM documents WHERE embedding <=> $1 < 0.25')
  expect(other).not.toEqual(one)
  expect(guesses('SELECT id FROM documents WHERE embedding <=> $1 < 0.5 AND embedding <=> $1 > 0.4')).toHaveLength(2)
  const [half] = guesses('SELECT id FROM documents WHERE embedding <=> $1 < 0.5 * 0.5')
  const [whole] = guesses('SELECT id FROM documents WHERE embedding <=> $1 < 0.5 + 0.5')
  expect(half).not.toEqual(whole)
})

test('an order that is the distance’s own is no guess, another one is', () => {
  const sorted = (key: string) => guesses(`SELECT id FROM documents ORDER BY ${key} LIMIT 5`)
  for (const key of [
    'embedding <=> $1',
    '1 - (embedding <=> $1) DESC',
    '(2 - (embedding <=> $1)) / 2',
    '-(embedding <=> $1)',
    '100 * (1 - (embedding <=> $1)) DESC',
    '(embedding <=> $1)::numeric + 0',
  ])
    expect(sorted(key), key).toEqual([])
  for (const key of [
    'abs((embedding <=> $1) - 0.5)',
    '(embedding <=> $1) + 4503599627370497',
    '(embedding <=> $1)::int',
    '1 / ((embedding <=> $1) - 0.5)',
    '0.5 * (embedding <=> $1) / 2 / 2 / 2 / 2 / 2 + 2',
    '(embedding <=> $1) * 0.0001 + 2',
  ])
    expect(sorted(key), key).toMatchObject([{ count: 10 }])
  const steps = 'CASE WHEN embedding <=> $1 < 0.1 THEN 0 WHEN embedding <=> $1 < 0.2 THEN 1 ELSE 2 END'
  expect(sorted(steps)[0]?.count).toBeGreaterThanOrEqual(2)
})

/** By each of these the same question would be asked with other constants, which stand elsewhere in the statement. */
const elsewhere: readonly (readonly [sql: string, guess: string, ...others: string[]])[] = [
  ['WITH t (x) AS (VALUES (?)) SELECT id FROM documents, t WHERE embedding <=> $1 < x', '0.5', '0.25', '$2', '$3'],
  ['WITH t AS (SELECT ?::float8 AS x) SELECT id FROM documents, t WHERE embedding <=> $1 < t.x', '$2', '$3', '0.5'],
  ['SELECT id FROM documents, (SELECT 1 + ? AS x) t WHERE embedding <=> $1 < x', '0.5', '0.25'],
  ['SELECT id FROM (SELECT id, embedding <=> $1 AS d FROM documents) s WHERE d < ?', '0.5', '0.25'],
  [
    'SELECT id FROM (SELECT id, (embedding <=> $1)? AS d FROM documents) s WHERE d < 0',
    '- 1',
    '* 2 - 1',
    '* 2 * 2 - 1',
  ],
  ['SELECT id FROM (SELECT id, (embedding <=> $1) - 1 AS d FROM documents) s WHERE d * 2 < ?', '0', '1'],
  [
    'SELECT id FROM (SELECT id, embedding <=> $1 AS d, place * ? AS p FROM documents) s ORDER BY d + p LIMIT 5',
    '2',
    '$2',
  ],
  ['SELECT id FROM documents, (VALUES (?)) t (x) ORDER BY abs((embedding <=> $1) - x) LIMIT 5', '0.5', '0.25'],
  ['SELECT id FROM documents ORDER BY embedding <=> ?, abs((embedding <=> ?) - 0.5) LIMIT 5', '$1', '$2'],
]

test.for(elsewhere)('in %s, each constant makes a guess of its own', ([sql, ...constants]) => {
  const asked = constants.map((each) => JSON.stringify(guesses(sql.replaceAll('?', each))))
  expect(asked).not.toContain('[]')
  expect(new Set(asked).size).toBe(constants.length)
})

test('distances of several rows beside each other are worth ten guesses, since one that is known measures the other', () => {
  for (const sql of [
    'SELECT a.id FROM documents a JOIN documents b ON b.id = 1 WHERE (a.embedding <=> $1) < (b.embedding <=> $1) * $2',
    'SELECT id FROM documents a WHERE EXISTS (SELECT 1 FROM documents b WHERE (a.embedding <=> $1) < (b.embedding <=> $1))',
    'SELECT id FROM (SELECT id, embedding <=> $1 AS d, min(embedding <=> $1) OVER () AS best FROM documents) s WHERE d < 2 * best',
    'SELECT place FROM documents GROUP BY place HAVING min(embedding <=> $1) < 0.5 * max(embedding <=> $1)',
  ])
    expect(guesses(sql), sql).toMatchObject([{ count: 10 }])
  expect(guesses('SELECT id FROM documents WHERE (embedding <=> $1) < (embedding <=> $2)')[0]?.count).toBeUndefined()
})

/** What they are compared with depends on TimeZone, DateStyle or extra_float_digits, which no guess would tell. */
test.for([
  "make_interval(0, 0, 0, 0, 0, 0, embedding <=> $1) < '2000-01-01'::timestamptz - '2000-01-01 00:00+00'::timestamptz",
  "'1 day'::interval * (embedding <=> $1) < '12:00'::interval",
  "(embedding <=> $1)::text < '0.5'",
  "(embedding <=> $1) || '' < '0.5'",
  "(embedding <=> $1) < ('2000-01-01'::timestamptz < '2000-01-01 00:00+00'::timestamptz)::int",
  "embedding <=> ARRAY[('2000-01-01'::timestamptz < '2000-01-01 00:00+00'::timestamptz)::int, 1, 0]::vector < 0.5",
  "embedding <=> ARRAY[make_date(2000, 1, 1) - date '1999-01-01', 1, 0]::vector < 0.5",
])('under compare, a distance meets only numbers that no setting changes: %s', (condition) => {
  expect(statement(`SELECT id FROM documents WHERE ${condition}`).unproven).toMatchObject({ code: 'COLUMN_MASKED' })
})

test('each constant that a masked column is compared with is a guess, lists by their members', () => {
  const asked = (condition: string) =>
    guesses(`SELECT id FROM documents WHERE ${condition}`).map(({ values }) => values[0])
  expect(asked("email = 'a'")).toEqual([{ text: 'a' }])
  expect(asked("'a' <> email")).toEqual([{ text: 'a' }])
  expect(asked("email IN ('a', $1, 'b')")).toEqual([{ text: 'a' }, { parameter: 1 }, { text: 'b' }])
  expect(asked('email = ANY ($1)')).toEqual([{ list: { parameter: 1 } }])
  expect(asked("email = ANY ('{a,b}'::text[])")).toEqual([{ list: { text: '{a,b}' } }])
  expect(asked("email = ANY (ARRAY['a', 'b'])")).toEqual([{ text: 'a' }, { text: 'b' }])
  expect(asked("email = ANY (string_to_array($1, ','))")).toEqual([{ list: 'unknown' }])
  expect(asked('email = lower($1)')[0]).toMatchObject({ of: [{ parameter: 1 }] })
  expect(asked("place = 3 AND NOT (email = 'a' OR email IS NULL)")).toEqual([{ text: 'a' }])
  expect(guesses("SELECT id FROM documents JOIN levels ON email = 'a' WHERE place = 1")).toHaveLength(1)
  expect(guesses('SELECT a.id FROM documents a JOIN documents b USING (email)')).toEqual([])
  expect(guesses('SELECT a.id FROM documents a JOIN documents b ON a.email = b.email')).toEqual([])
})

test('each row that is written to a masked column where a conflict tells of it is a guess', () => {
  const asked = (rest: string) => guesses(`INSERT INTO documents (id, email) ${rest}`).map(({ values }) => values[0])
  expect(asked("VALUES (1, 'a'), (2, $1), (3, DEFAULT) ON CONFLICT (email) DO NOTHING")).toEqual([
    { text: 'a' },
    { parameter: 1 },
  ])
  expect(asked("VALUES (1, 'a') ON CONFLICT DO NOTHING")).toEqual([{ text: 'a' }])
  expect(asked("VALUES (1, 'a') ON CONFLICT ON CONSTRAINT only_email DO NOTHING")).toEqual([{ text: 'a' }])
  expect(asked('SELECT id, body FROM documents ON CONFLICT DO NOTHING')).toEqual([{ list: 'unknown' }])
  expect(asked("VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET email = excluded.email")).toEqual([])
  expect(asked("VALUES (1, 'a')")).toEqual([])
  expect(guesses('INSERT INTO documents (id) VALUES (1) ON CONFLICT DO NOTHING')).toEqual([])
})
