import { z } from 'zod'

const count = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

/** Errors on masked columns that one session may have where they may depend on values: each answers a question. */
export const maskedErrors = z.number().int().min(1).max(1_000_000).default(20)

/** Nearest-neighbor searches on masked vectors: rows of each, and vectors that one session may search with. */
export const vectorCaps = z.strictObject({ k: count.default(1000), queries: count.default(1000) }).prefault({})
