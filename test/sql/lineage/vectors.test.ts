import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import { loadCatalog, type Catalog } from '../../../src/sql/catalog.js'

let glite: PGlite
let catalog: Catalog

beforeAll(async () => {
  glite = await PGlite.create({ extensions: { vector } })
  await glite.exec(`CREATE EXTENSION vector;
    CREATE TABLE documents (id int PRIMARY KEY, body text, embedding vector(3), half halfvec(3), bits bit(8), sparse sparsevec(3), name text);
    INSERT INTO documents VALUES (1, 'a', '[1,0,0]', '[1,0,0]', '10000000', '{1:1}/3', 'n');
    CREATE VIEW near AS SELECT id FROM documents`)
  catalog = await loadCatalog(
    async (sql, parameters) => (await glite.query<Record<string, unknown>>(sql, parameters)).rows,
    ['embedding', 'half', 'bits', 'sparse', 'name'].map((column) => `public.documents.${column}`),
  )
}, 120_000)
afterAll(() => glite.close())

const statement = (sql: string, predicates: 'allow' | 'equality' | 'deny' = 'deny') => {
  const [facts] = analyse(sql, catalog, { predicates }).statements
  if (!facts) throw new Error('no statement')
  return facts
}

test('PGlite’s catalog reads like a server’s', () => {
  expect(catalog.named.get('near')?.[0]).toMatchObject({ masked: false })
  expect(catalog.routines.builtin.size).toBeGreaterThan(2000)
  expect(catalog.routines.added.get('l2_distance')?.every(({ safe }) => safe)).toBe(true)
  expect(catalog.routines.opaqueOperators.size).toBe(0)
})

test('the types of vectors are told apart', () => {
  expect([...catalog.masked.values()].map(({ type }) => type.name)).toEqual([
    'vector',
    'halfvec',
    'bit',
    'sparsevec',
    'text',
  ])
  expect([...catalog.masked.values()][0]?.type.modifier).toBe(3)
})

test.for([
  "SELECT id, body FROM documents ORDER BY embedding <-> '[1,2,3]' LIMIT 5",
  'SELECT id, body FROM documents ORDER BY embedding <=> $1 LIMIT 5',
  'SELECT id, body FROM documents ORDER BY embedding <#> $1::vector LIMIT 5',
  'SELECT id, body FROM documents ORDER BY embedding <+> CAST($1 AS vector(3)) DESC LIMIT 5',
  'SELECT id, body FROM documents ORDER BY embedding OPERATOR(public.<=>) $1',
  "SELECT id, body FROM documents ORDER BY '[1,2,3]' <=> embedding LIMIT $2",
  'SELECT id, body FROM documents d WHERE d.body LIKE $2 ORDER BY d.embedding <=> $1, id LIMIT 5',
  'SELECT id, body FROM documents ORDER BY embedding <=> l2_normalize($1::vector)',
  'SELECT id, body FROM documents ORDER BY embedding::halfvec(3) <=> $1::halfvec(3) LIMIT 5',
  'SELECT id, body FROM documents ORDER BY half <=> $1 LIMIT 5',
  'SELECT id, body FROM documents ORDER BY embedding <=> (SELECT $1::vector) LIMIT 5',
  "WITH q AS (SELECT '[1,2,3]'::vector AS v) SELECT id, body FROM documents, q ORDER BY embedding <=> q.v LIMIT 5",
  'SELECT id, body FROM documents, (VALUES ($1::vector)) q (v) ORDER BY embedding <=> v LIMIT 5',
  'SELECT id, body FROM documents ORDER BY sparse <=> $1 LIMIT 5',
  "SELECT id, body FROM documents ORDER BY bits <~> B'10101010' LIMIT 5",
  'SELECT id, body FROM documents ORDER BY bits <%> $1 LIMIT 5',
  'SELECT * FROM (SELECT id, body FROM documents ORDER BY embedding <=> $1 LIMIT 50) s LIMIT 5',
  'WITH near AS (SELECT id, body FROM documents ORDER BY embedding <=> $1 LIMIT 50) SELECT * FROM near ORDER BY body',
])('%s is a search, and nothing masked comes out', (sql) => {
  const { unproven, outputs } = statement(sql)
  expect(unproven).toBeUndefined()
  expect(outputs).toEqual([{ kind: 'clean' }, { kind: 'clean' }])
})

test('a masked embedding comes out masked beside its search', () => {
  const { outputs } = statement('SELECT id, embedding FROM documents ORDER BY embedding <=> $1 LIMIT 5')
  expect(outputs?.[1]).toMatchObject({ kind: 'masked', column: 'public.documents.embedding', attribute: 3 })
})

const embedding = 'public.documents.embedding'

test.for([
  ['SELECT id FROM documents ORDER BY (embedding <=> $1) + 0', embedding],
  ['SELECT id FROM documents ORDER BY round((embedding <=> $1)::numeric, 2)', embedding],
  ['SELECT id FROM documents WHERE embedding <=> $1 < 0.5', embedding],
  ['SELECT a.id FROM documents a, documents b ORDER BY a.embedding <=> b.embedding', embedding],
  ['SELECT id FROM documents ORDER BY embedding <=> (SELECT embedding FROM documents WHERE id = 1)', embedding],
  ['SELECT id FROM documents ORDER BY subvector(embedding, 1, 1) <-> $1', embedding],
  ['SELECT id FROM documents ORDER BY embedding::text <-> $1', embedding],
  ['SELECT id FROM documents ORDER BY embedding', embedding],
  ['SELECT id FROM documents ORDER BY embedding < $1', embedding],
  ['SELECT DISTINCT ON (embedding <=> $1) id FROM documents', embedding],
  ['SELECT id, rank() OVER (ORDER BY embedding <=> $1) FROM documents', embedding],
  ['SELECT count(*) FROM documents GROUP BY embedding <=> $1', embedding],
  ['CREATE TABLE near AS SELECT id FROM documents ORDER BY embedding <=> $1', embedding],
  ['SELECT id FROM documents ORDER BY name <-> $1', 'public.documents.name'],
] as const)('%s would give the vector away', ([sql, subject]) => {
  expect(statement(sql, 'equality').unproven).toMatchObject({ code: 'COLUMN_MASKED', subject })
})

test.for([
  'SELECT id, embedding <=> $1 FROM documents',
  'SELECT id, embedding <=> $1 AS distance FROM documents ORDER BY distance LIMIT 5',
  'SELECT id, 1 - (embedding <=> $1) AS similarity FROM documents ORDER BY embedding <=> $1 LIMIT 5',
  'SELECT array_agg(id ORDER BY embedding <=> $1) FROM documents',
  'SELECT avg(embedding) FROM documents',
  'SELECT vector_dims(embedding) FROM documents',
  'SELECT embedding[1] FROM documents',
  'SELECT embedding::real[] FROM documents',
  'SELECT l2_distance(embedding, $1) FROM documents',
])('%s is answered, and what it computes from the vector does not come out', (sql) => {
  const { unproven, outputs } = statement(sql, 'equality')
  expect(unproven).toBeUndefined()
  expect(outputs?.at(-1)).toEqual({ kind: 'derived', columns: [embedding] })
  expect(outputs?.slice(0, -1).every(({ kind }) => kind === 'clean')).toBe(true)
})

test('a search says of which column, with what it compares and how many rows it wants', () => {
  const nearest = (sql: string) => statement(sql, 'equality').nearest
  const order = 'SELECT id FROM documents ORDER BY embedding <=>'
  expect(nearest(`${order} '[1,2,3]' LIMIT 5`)).toEqual([{ column: embedding, limit: 5, vector: { text: '[1,2,3]' } }])
  expect(nearest(`${order} $1::vector LIMIT $2::int`)).toEqual([
    { column: embedding, limit: { parameter: 2 }, vector: { parameter: 1 } },
  ])
  expect(nearest(`${order} $1`)).toEqual([{ column: embedding, limit: 'none', vector: { parameter: 1 } }])
  expect(nearest(`${order} l2_normalize($1) LIMIT 2 + 3`)).toMatchObject([
    { column: embedding, limit: 'unknown', vector: { of: [{ parameter: 1 }] } },
  ])
  expect(nearest('SELECT *, embedding <=> $1 AS d FROM documents ORDER BY d LIMIT 5')).toMatchObject([{ limit: 5 }])
  expect(
    nearest('SELECT id FROM (SELECT id, embedding <=> $1 AS d FROM documents) s ORDER BY d LIMIT 5'),
  ).toMatchObject([{ limit: 5 }])
  expect(nearest('SELECT id FROM documents ORDER BY id')).toBeUndefined()
})
