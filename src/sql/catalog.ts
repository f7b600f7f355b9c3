import { HoopError } from '../lib/errors.js'
import { build, type CatalogNeeds } from './catalog/build.js'
import { reading } from './catalog/document.js'
import { identityOf, moment, stateOf } from './catalog/moved.js'
import { readSnapshot } from './catalog/queries.js'
import { Reading } from './catalog/reading.js'
import type { Catalog, CatalogQuery } from './catalog/types.js'
import { initParser } from './parser.js'

export type { CatalogNeeds } from './catalog/build.js'
export type { KnownName } from './catalog/types.js'
export type { Reading } from './catalog/reading.js'
export type { Catalog, CatalogColumn, CatalogQuery, Relation } from './catalog/types.js'

/** Readings before it is given up that views and functions stand still for one. */
const ATTEMPTS = 5

/**
 * Reads a snapshot of the database's catalog: relations, views, inheritance, functions, types. It serves all policies.
 * @param query over the gateway's own connection, which must not be in a transaction
 * @param last what was read before: it is what comes back where nothing has changed since
 * @throws what `query` throws; {HoopError} CATALOG_UNSETTLED where definitions changed during each attempt
 */
export const readCatalog = async (query: CatalogQuery, last?: Reading): Promise<Reading> => {
  const identity = await identityOf(query)
  if (last?.identity === identity && (await reading(query, () => stateOf(query))) === last.state) return last
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [state, before, snapshot] = await reading(
      query,
      async () => [await stateOf(query), await moment(query), await readSnapshot(query)] as const,
    )
    if ((await reading(query, () => moment(query))) === before) return new Reading(snapshot, { identity, state })
  }
  throw new HoopError('CATALOG_UNSETTLED', `its views and functions changed during ${ATTEMPTS} readings`)
}

/** What a database is under one policy. The parser must have been initialized. */
export const catalogFor = (read: Reading, needs: CatalogNeeds): Catalog => build(read, needs)

/** Both, for whoever has one policy. @throws what `readCatalog` throws */
export const loadCatalog = async (
  query: CatalogQuery,
  masked: readonly string[],
  pure: readonly string[] = [],
): Promise<Catalog> => {
  await initParser()
  return catalogFor(await readCatalog(query), { masked, pure })
}
