import { deniedRelation } from './catalog/denied.js'
import type { Catalog, Relation } from './catalog/types.js'

/**
 * The relations that a name may mean. An unqualified name may mean one in any schema, whatever the search path is. A
 * schema that does not hold it may have been renamed, so the name decides then, too; but nothing is moved into the
 * session's temporary schema or gets its name.
 */
export const resolve = (catalog: Catalog, schema: string | undefined, name: string): readonly Relation[] => {
  catalog.asked?.(schema, name)
  if (schema === 'pg_temp') return []
  const candidates = catalog.named.get(name) ?? []
  if (schema === undefined || candidates.length === 0) return candidates
  const exact = candidates.filter((relation) => relation.schema === schema)
  return exact.length > 0 ? exact : candidates
}

/**
 * Whether a name was written with a schema that the snapshot doesn't have it in: it may be another relation, made since, or
 * one whose schema got another name.
 */
export const isElsewhere = (schema: string | undefined, found: readonly Relation[]): boolean =>
  schema !== undefined && found.length > 0 && found.every((relation) => relation.schema !== schema)

/** Whether masks have to be thought of where this relation is used. */
export const isSensitive = (relation: Relation): boolean => relation.masked || relation.opaque !== undefined

/** Why a name that need not be in the snapshot (TOAST tables are not) can't be read. */
export const deniedName = (schema: string | undefined, name: string): string | undefined =>
  schema === 'pg_toast' || name.startsWith('pg_toast_') ? deniedRelation(schema, name) : undefined

export const labelOf = (relation: Relation): string => `${relation.schema}.${relation.name}`

/** How facts name it: qualified where the catalog knows it, else as written. */
export const written = (schema: string | undefined, name: string): string =>
  schema === undefined ? name : `${schema}.${name}`
