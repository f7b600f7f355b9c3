import type { CatalogQuery } from '../catalog/types.js'
import { text } from '../tree.js'
import type { CascadeEvent, Effects, StoredIndex, StoredRoutine } from './types.js'

/** One JSON document each, so that it reads the same through any driver; PostgreSQL 13 and later. */
const queries = {
  routines: `SELECT p.oid::int8, p.proname, n.nspname,
      CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN pg_get_functiondef(p.oid) END
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE p.oid >= 16384 AND p.prokind <> 'a' AND l.lanname NOT IN ('c', 'internal')`,
  triggers: `SELECT t.tgrelid::int8, t.tgfoid::int8 FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'`,
  rules: `SELECT r.ev_class::int8, pg_get_ruledef(r.oid) FROM pg_rewrite r
    WHERE r.rulename <> '_RETURN' AND r.oid >= 16384`,
  views: `SELECT c.oid::int8, pg_get_viewdef(c.oid) FROM pg_class c
    WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm')`,
  keys: `SELECT f.confrelid::int8, f.conrelid::int8, f.confdeltype, f.confupdtype FROM pg_constraint f
    WHERE f.contype = 'f'`,
  operators: `SELECT o.oprname, n.nspname, p.proname FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode
    JOIN pg_namespace n ON n.oid = p.pronamespace WHERE o.oid >= 16384`,
  aggregates: `SELECT a.proname, n.nspname, p.proname AS behind FROM pg_aggregate g JOIN pg_proc a ON a.oid = g.aggfnoid
    JOIN pg_proc p ON p.oid IN (g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggserialfn, g.aggdeserialfn,
      g.aggmtransfn, g.aggminvtransfn, g.aggmfinalfn)
    JOIN pg_namespace n ON n.oid = p.pronamespace WHERE a.oid >= 16384`,
  casts: `SELECT t.typname, n.nspname, p.proname FROM pg_cast c JOIN pg_type t ON t.oid = c.casttarget
    JOIN pg_proc p ON p.oid = c.castfunc JOIN pg_namespace n ON n.oid = p.pronamespace WHERE c.oid >= 16384`,
  indexes: `SELECT c.relname, n.nspname, i.indrelid::int8, a.amname IN ('hnsw', 'ivfflat')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_am a ON a.oid = c.relam WHERE c.oid >= 16384`,
  vectors: `WITH RECURSIVE v(oid) AS (
      SELECT t.oid FROM pg_type t WHERE t.typname IN ('vector', 'halfvec', 'sparsevec') AND t.oid >= 16384
      UNION SELECT t.oid FROM v JOIN pg_type t ON t.typbasetype = v.oid OR t.typelem = v.oid)
    SELECT v.oid::int8 FROM v`,
  inheritance: `SELECT i.inhparent::int8, i.inhrelid::int8 FROM pg_inherits i`,
  readers: `SELECT DISTINCT d.refobjid::int8, r.ev_class::int8
    FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class`,
} as const

type Row = readonly unknown[]

const rowsOf = async (query: CatalogQuery, sql: string): Promise<readonly Row[]> => {
  const columns = sql.startsWith('WITH') ? sql : `SELECT * FROM (${sql}) q`
  const [row] = await query(
    `SELECT (SELECT COALESCE(json_agg(to_json(r)), '[]'::json) FROM (${columns}) r)::text AS document`,
  )
  const parsed = JSON.parse(text(row?.['document']) ?? '[]') as readonly Record<string, unknown>[]
  return parsed.map((each) => Object.values(each))
}

const grouped = <K, V>(pairs: readonly (readonly [K, V])[]): ReadonlyMap<K, readonly V[]> => {
  const map = new Map<K, V[]>()
  for (const [key, value] of pairs) {
    const known = map.get(key)
    if (known) known.push(value)
    else map.set(key, [value])
  }
  return map
}

/** What each leads to through all others. */
const closed = (direct: ReadonlyMap<number, readonly number[]>): ReadonlyMap<number, readonly number[]> =>
  new Map(
    [...direct].map(([from, next]) => {
      const reached = new Set(next)
      for (const each of reached) for (const further of direct.get(each) ?? []) reached.add(further)
      reached.delete(from)
      return [from, [...reached]]
    }),
  )

/** CASCADE, SET NULL and SET DEFAULT write; a row that was set goes on as an update does. */
const writes = new Set(['c', 'n', 'd'])

const cascadesOf = (keys: readonly Row[]): Effects['cascades'] => {
  const by = (which: (row: Row) => boolean): ReadonlyMap<number, readonly number[]> =>
    closed(grouped(keys.filter(which).map(([parent, child]) => [Number(parent), Number(child)] as const)))
  const events: { [Event in CascadeEvent]: ReadonlyMap<number, readonly number[]> } = {
    delete: by(([, , onDelete, onUpdate]) => writes.has(String(onDelete)) || writes.has(String(onUpdate))),
    update: by(([, , , onUpdate]) => writes.has(String(onUpdate))),
    truncate: by(() => true),
  }
  return events
}

const numbers = ([from, to]: Row) => [Number(from), Number(to)] as const
const behind = ([name, schema, called]: Row) => [String(name), [String(schema), String(called)] as const] as const
const words = ([from, definition]: Row) => [Number(from), String(definition)] as const

/** Reads what statements set off. The connection must be in the transaction of the snapshot that this belongs to. */
export const readEffects = async (query: CatalogQuery): Promise<Effects> => {
  const read: Record<string, readonly Row[]> = {}
  for (const [name, sql] of Object.entries(queries)) read[name] = await rowsOf(query, sql)
  const rows = read as Record<keyof typeof queries, readonly Row[]>
  const routines = rows.routines.map(([oid, name, schema, definition]): StoredRoutine => ({
    ...{ oid: Number(oid), name: String(name), schema: String(schema) },
    definition: typeof definition === 'string' ? definition : undefined,
  }))
  const index = ([, schema, table, vector]: Row): StoredIndex => ({
    ...{ schema: String(schema), table: Number(table), vector: vector === true },
  })
  return {
    routines: grouped(routines.map((routine) => [routine.name, routine] as const)),
    routineByOid: new Map(routines.map((routine) => [routine.oid, routine])),
    triggers: grouped(rows.triggers.map(numbers)),
    rules: grouped(rows.rules.map(words)),
    views: new Map(rows.views.map(words)),
    cascades: cascadesOf(rows.keys),
    behind: {
      operators: grouped(rows.operators.map(behind)),
      aggregates: grouped(rows.aggregates.map(behind)),
      casts: grouped(rows.casts.map(behind)),
    },
    indexes: grouped(rows.indexes.map((row) => [String(row[0]), index(row)] as const)),
    vectorTypes: new Set(rows.vectors.map(([oid]) => Number(oid))),
    below: closed(grouped(rows.inheritance.map(numbers))),
    dependents: closed(grouped(rows.readers.map(numbers))),
  }
}
