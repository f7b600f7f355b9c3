import type { PackRule } from './pack-rule.js'

/** Embeddings are worth as much as the text that they were made of, and their indexes take hours to build. */
export const pgvector: readonly PackRule[] = [
  {
    name: 'embeddings-need-limit',
    when: { reads_vectors: true, limit: 'missing' },
    do: 'block',
    message: 'it reads embeddings without a LIMIT',
    hint: 'Ask for the nearest few: ORDER BY embedding <=> … LIMIT 10.',
  },
  {
    name: 'no-embedding-export',
    when: { statement: ['copy to'], reads_vectors: true },
    do: 'block',
    message: 'it exports embeddings',
  },
  {
    name: 'vector-index-concurrently',
    when: { statement: ['vector index'], concurrently: false },
    do: 'block',
    message: 'an HNSW or IVFFlat index takes long to build, and writers wait that long',
    hint: 'Say CONCURRENTLY.',
  },
  {
    name: 'no-vector-index-drop',
    when: { statement: ['drop vector index'] },
    do: 'block',
    message: 'without its index, every search reads the whole table',
  },
  {
    name: 'no-dimension-change',
    when: { statement: ['alter column type'], writes_vectors: true },
    do: 'block',
    message: 'it rewrites the embeddings of a whole table',
  },
  {
    name: 'no-blind-embedding-update',
    when: { statement: ['update'], where: 'missing', writes_vectors: true },
    do: 'block',
    message: 'it overwrites the embeddings of a whole table',
  },
]
