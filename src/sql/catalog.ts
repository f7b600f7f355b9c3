import { build } from './catalog/build.js'
import { readParts } from './catalog/parts.js'
import { reading } from './catalog/queries.js'
import type { Catalog, CatalogQuery } from './catalog/types.js'
import { initParser } from './parser.js'

export type { Catalog, CatalogColumn, CatalogQuery, Relation } from './catalog/types.js'

/**
 * Reads a snapshot of the database's catalog: relations, views, inheritance, functions, and which columns are masked.
 * @param query over the gateway's own connection, which must not be in a transaction
 * @param masked the policy's entries, `schema.table.column` as spelled in the catalog
 * @param pure functions that the policy declares to compute from their arguments alone, `schema.name`
 * @throws what `query` throws
 */
export const loadCatalog = async (
  query: CatalogQuery,
  masked: readonly string[],
  pure: readonly string[] = [],
): Promise<Catalog> => {
  await initParser()
  return build(await reading(query, () => readParts(query, masked)), new Set(pure))
}
