import { op } from './read/row-versions.js'
import type { CatalogColumn } from './types.js'

/** How the witness names a column. */
const keyOf = (relation: number, name: string): string => `${relation} ${name}`

/** A column's name to the witness, and what tells whether its type is still the one that was looked at. */
export const typeOfColumn = (
  relation: number,
  { name, type, modifier }: Pick<CatalogColumn, 'name' | 'type' | 'modifier'>,
): readonly [key: string, version: string] => {
  const key = keyOf(relation, name)
  return [key, `type ${type} ${modifier} ${key}`]
}

/** The same as SQL, of a row of `pg_attribute`. */
export const columnTypeVersion = (a: string, key: string): string =>
  `pg_catalog.concat('type ', ${a}.atttypid, ' ', ${a}.atttypmod, ' ', ${key})`

/** Whether a row of `pg_attribute` is the column that a key names. */
export const isColumn = (a: string, key: string): string =>
  `${op(`${a}.attrelid`, '=', `pg_catalog.split_part(${key}, ' ', 1)::pg_catalog.oid`)}
    AND ${op(`${a}.attname`, '=', `pg_catalog.substr(${key}, ${op(`pg_catalog.strpos(${key}, ' ')`, '+', '1')})::pg_catalog.name`)}`
