import type { Server } from './server.js'

/** Columns that `hoop-masked` masks with `vector`. */
export const maskedVectors = ['public.embeddings.embedding', 'public.embeddings_binary.embedding']

const DIMENSIONS = 768

/** PostgreSQL's own functions on the modifier of a varchar add 4 to it. */
const MODIFIER = DIMENSIONS - 4

/**
 * No npm package brings a native pgvector. What the gateway sees of a vector are its type's name, its modifier and its
 * bytes, and these stand-ins have them: one type that keeps its text, and one that keeps what pgvector sends in binary.
 */
const standIn = (schema: string, kept: 'text' | 'bytea'): string => `
  CREATE SCHEMA ${schema};
  CREATE TYPE ${schema}.vector;
  CREATE FUNCTION ${schema}.vector_in(cstring) RETURNS ${schema}.vector IMMUTABLE STRICT LANGUAGE internal AS '${kept}in';
  CREATE FUNCTION ${schema}.vector_out(${schema}.vector) RETURNS cstring IMMUTABLE STRICT LANGUAGE internal AS '${kept}out';
  CREATE FUNCTION ${schema}.vector_send(${schema}.vector) RETURNS bytea IMMUTABLE STRICT LANGUAGE internal AS '${kept}send';
  CREATE TYPE ${schema}.vector (INPUT = ${schema}.vector_in, OUTPUT = ${schema}.vector_out, SEND = ${schema}.vector_send,
    TYPMOD_IN = varchartypmodin, STORAGE = external);
  GRANT USAGE ON SCHEMA ${schema} TO PUBLIC;`

const inText = `'[' || (SELECT string_agg((sin(i) / 20)::float4::text, ',') FROM generate_series(1, ${DIMENSIONS}) i) || ']'`

/** int16 dimensions, int16 0, then float4 each. */
const inBinary = `'\\x${DIMENSIONS.toString(16).padStart(4, '0')}0000' || repeat('3d4ccccd', ${DIMENSIONS})`

/** Fills a table with embeddings as pgvector writes them in text, and one as it sends them in binary. */
export const fillVectors = async (server: Server, megabytes: number): Promise<void> => {
  const table = (name: string, schema: string, value: string, bytes: number): string => `
    CREATE TABLE ${name} (id bigint, embedding ${schema}.vector(${MODIFIER}));
    INSERT INTO ${name} SELECT id, (${value})::text::${schema}.vector
    FROM generate_series(1::bigint, ${Math.ceil((megabytes * 1e6) / bytes)}) AS id;
    GRANT SELECT ON ${name} TO PUBLIC;`
  await server.administer(`${standIn('vectors_text', 'text')} ${standIn('vectors_binary', 'bytea')}
    CREATE CAST (text AS vectors_text.vector) WITH INOUT; CREATE CAST (text AS vectors_binary.vector) WITH INOUT;
    ${table('embeddings', 'vectors_text', inText, 9_000)} ${table('embeddings_binary', 'vectors_binary', inBinary, 3_080)}`)
}
