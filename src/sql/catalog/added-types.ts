import { text } from '../tree.js'
import type { AddedType, CatalogQuery } from './types.js'

type Row = readonly [oid: number, name: string, type: string, category: string, base: number, element: number]

const query = `SELECT COALESCE(json_agg(json_build_array(t.oid::int8, t.typname, t.typtype, t.typcategory,
    t.typbasetype::int8, CASE WHEN t.typcategory = 'A' THEN t.typelem::int8 ELSE 0 END)), '[]'::json)::text AS document
  FROM pg_type t WHERE t.oid >= 16384`

/** Types that did not come with the server. */
export const readAddedTypes = async (run: CatalogQuery): Promise<readonly AddedType[]> => {
  const [row] = await run(query)
  const rows = JSON.parse(text(row?.['document']) ?? '[]') as Row[]
  return rows.map(([oid, name, type, category, base, element]) => ({ oid, name, type, category, base, element }))
}
