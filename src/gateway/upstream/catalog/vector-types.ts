import type { VectorTypes } from '../../budgets/vectors.js'
import type { UpstreamTarget } from '../target.js'
import { openOwnClient, unlimited } from '../own-client.js'

/** What was read longer ago is read again for a session that begins, milliseconds: an extension may have been created. */
const freshFor = 60_000

const text = `SELECT oid::pg_catalog.int8::pg_catalog.text AS plain, typarray::pg_catalog.int8::pg_catalog.text AS arrays FROM pg_catalog.pg_type
  WHERE typname IN ('vector', 'halfvec', 'sparsevec') AND typtype = 'b'`

/** Reads them over the gateway's own connection. @throws {HoopError} UPSTREAM_* */
export const readVectorTypes = async (target: UpstreamTarget, database: string): Promise<VectorTypes> => {
  const client = await openOwnClient(target, database)
  try {
    const { rows } = await client.query<{ plain: string; arrays: string }>(text)
    return {
      plain: new Set(rows.map(({ plain }) => Number(plain))),
      arrays: new Set(rows.map(({ arrays }) => Number(arrays))),
    }
  } finally {
    await client.query(unlimited).catch(() => undefined)
    await client.end().catch(() => undefined)
  }
}

/** Remembers them for a while, for all sessions of one configuration. */
export const vectorTypeReader = (): ((target: UpstreamTarget, database: string) => Promise<VectorTypes>) => {
  const known = new Map<UpstreamTarget, Map<string, { readonly at: number; readonly types: Promise<VectorTypes> }>>()
  return async (target, database) => {
    const ofTarget = known.get(target) ?? new Map<string, { at: number; types: Promise<VectorTypes> }>()
    known.set(target, ofTarget)
    const last = ofTarget.get(database)
    if (last && performance.now() - last.at < freshFor) return last.types
    const types = readVectorTypes(target, database)
    ofTarget.set(database, { at: performance.now(), types })
    types.catch(() => ofTarget.delete(database))
    return types
  }
}
