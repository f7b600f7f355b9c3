import type { Side } from './values.js'
import type { Contents } from './world.js'

/**
 * Embeddings of three documents, in two databases that differ in nothing else; a fourth has none. Components have seven
 * digits, so that a piece of one tells which it is, and are short enough to be told apart after rounding. Both sides have
 * the same order by their distance from the vectors that attempts search with, unless these say otherwise.
 */
const embeddings: Readonly<Record<Side, readonly (readonly number[])[]>> = {
  one: [
    [0.7281936, 0.4193827, -0.3264158, 0.4378192],
    [-0.5172839, 0.6384719, 0.2917463, 0.4918273],
    [0.1928374, -0.8374651, 0.4456123, -0.2571849],
  ],
  other: [
    [0.6912847, 0.4731829, -0.2816394, 0.4686137],
    [-0.4639182, 0.5826371, 0.3719284, 0.5561938],
    [0.2647193, -0.7691283, 0.5318276, -0.2419637],
  ],
}

export const vectorsOf = (side: Side): readonly (readonly number[])[] => embeddings[side]

/** For Hamming and Jaccard distances; 40 bits, none of which is the same in both for long. */
const bits: Readonly<Record<Side, readonly string[]>> = {
  one: [
    '1011001110001111000010110101100111010010',
    '0100110001110000111101001010011000101101',
    '1110001110101010001110101000111010111000',
  ],
  other: [
    '0110101001011100101001110010110100101110',
    '1001010110100011010110001101001011010001',
    '0011110001110010110010011100101001010111',
  ],
}

const text = (vector: readonly number[]): string => `[${vector.join(',')}]`

/** As a sparse vector of 9 dimensions: every other one. */
const sparse = (vector: readonly number[]): string =>
  `{${vector.map((value, index) => `${index * 2 + 1}:${value}`).join(',')}}/9`

const rows = (side: Side): string =>
  embeddings[side]
    .map((vector, row) => {
      const given = [text(vector), text(vector), sparse(vector)].map((value) => `'${value}'`)
      return `(${row + 1}, 'title ${row + 1}', ${row + 1}, ${given.join(', ')}, B'${bits[side][row]}', '[${row},1,0,0]')`
    })
    .join(', ')

const schema = (side: Side): string => `
  CREATE EXTENSION vector;
  CREATE TABLE documents (id int PRIMARY KEY, title text, topic int, embedding vector(4), half halfvec(4),
    sparse sparsevec(9), bits bit(40), plain vector(4));
  INSERT INTO documents VALUES ${rows(side)};
  INSERT INTO documents (id, title, topic, plain) VALUES (4, 'title 4', 1, '[3,1,0,0]');
  CREATE TABLE queries (id int PRIMARY KEY, wanted vector(4), label text);
  INSERT INTO queries VALUES (1, '[1,0,0,0]', 'first'), (2, '[0,1,0,0]', 'second');
  CREATE TABLE names (id int, email text);
  INSERT INTO names VALUES (1, 'plain@names.example');
  CREATE INDEX by_cosine ON documents USING hnsw (embedding vector_cosine_ops);
  CREATE INDEX by_l2 ON documents USING ivfflat (embedding vector_l2_ops) WITH (lists = 1);
  CREATE VIEW search AS SELECT id, title, embedding AS e FROM documents;
  CREATE VIEW distances AS SELECT id, embedding <-> '[1,0,0,0]' AS d FROM documents;
  CREATE FUNCTION nearest(vector) RETURNS SETOF int LANGUAGE sql STABLE AS
    'SELECT id FROM documents ORDER BY embedding <-> $1 LIMIT 2';
  CREATE FUNCTION far(int, vector) RETURNS float8 LANGUAGE sql STABLE AS
    'SELECT embedding <-> $2 FROM documents WHERE id = $1';
  ANALYZE;
`

const masked = ['embedding', 'half', 'sparse', 'bits'].map((column) => `public.documents.${column}`)

export const library: Contents = {
  schema,
  policy: {
    predicates: { default: 'equality' },
    masked_errors: 1_000_000,
    vectors: { k: 100, queries: 1_000_000 },
    masks: [{ columns: masked }],
  },
  // A few bits in a row are found anywhere: those are told by the difference between the two databases.
  values: (side) => embeddings[side].flat().map((value) => String(Math.abs(value))),
  tables: ['documents'],
  computed: [],
}
