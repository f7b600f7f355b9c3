import { functionVersion, indexVersion, isAdded, isOwnType } from '../catalog/read/row-versions.js'
import { rowVersion, triggerVersion, typeVersion } from '../catalog/read/row-versions.js'
import { droppableOf, dropping } from './dropping.js'
import { list } from '../tree.js'
import type { CascadeEvent, Effects, ForeignKey, StoredIndex, StoredRoutine } from './types.js'

const queries = {
  routines: `SELECT p.oid::int8, p.proname, n.nspname,
      CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN pg_get_functiondef(p.oid) END
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE p.oid >= 16384 AND p.prokind <> 'a' AND l.lanname <> 'c'
      AND (l.lanname <> 'internal' OR NOT EXISTS (SELECT FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))`,
  triggers: `SELECT t.tgrelid::int8, t.tgfoid::int8, t.tgoldtable, t.tgnewtable, t.tgdeferrable FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'`,
  keys: `SELECT f.confrelid::int8, f.conrelid::int8, f.confdeltype, f.confupdtype, f.confkey, f.conkey FROM pg_constraint f
    WHERE f.contype = 'f'`,
  primary: `SELECT k.conrelid::int8, a.attname FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey) WHERE k.contype = 'p'`,
  // The columns of a partition key, also those that it computes with, depend on their table (StorePartitionKey).
  partitioned: `SELECT d.objid::int8, d.objsubid FROM pg_partitioned_table p JOIN pg_depend d ON d.objid = p.partrelid
    WHERE d.classid = 'pg_class'::regclass AND d.objsubid > 0 AND d.deptype = 'i'
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.partrelid AND d.refobjsubid = 0`,
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
      JOIN pg_am a ON a.oid = c.relam WHERE c.oid >= 16384 AND n.nspname <> 'pg_toast'`,
  vectors: `WITH RECURSIVE v(oid) AS (
      SELECT t.oid FROM pg_type t WHERE t.typname IN ('vector', 'halfvec', 'sparsevec') AND t.oid >= 16384
      UNION SELECT t.oid FROM v JOIN pg_type t ON t.typbasetype = v.oid OR t.typelem = v.oid)
    SELECT v.oid::int8 FROM v`,
  dropping,
  types: `SELECT t.typname, ${typeVersion('t')} AS version FROM pg_type t
    JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${isAdded('t')} AND ${isOwnType('t')} AND n.nspname !~ '^pg_temp_'`,
  functionRows: `SELECT p.proname, ${functionVersion('p')} AS version FROM pg_proc p WHERE ${isAdded('p')}`,
  operatorRows: `SELECT o.oprname, ${rowVersion('o')} AS version FROM pg_operator o WHERE ${isAdded('o')}`,
  castRows: `SELECT 0, ${rowVersion('k')} AS version FROM pg_cast k WHERE ${isAdded('k')}`,
  triggerRows: `SELECT t.tgrelid::int8, ${triggerVersion('t')} AS version FROM pg_trigger t`,
  indexRows: `SELECT c.relname, ${indexVersion('c', 'x')} AS version FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
    WHERE ${isAdded('c')}`,
} as const

const asDocument = (sql: string): string => {
  const columns = sql.startsWith('WITH') ? sql : `SELECT * FROM (${sql}) q`
  return `SELECT COALESCE(json_agg(to_json(r)), '[]'::json) FROM (${columns}) r`
}

/** One JSON document each; PostgreSQL 13 and later. */
export const effects = Object.fromEntries(
  Object.entries(queries).map(([name, sql]) => [name, asDocument(sql)]),
) as Record<keyof typeof queries, string>

export type EffectRows = Readonly<Record<keyof typeof queries, readonly Readonly<Record<string, unknown>>[]>>

type Row = readonly unknown[]

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

const keyOf = ([parent, child, onDelete, onUpdate, referred, referring]: Row): ForeignKey => ({
  ...{ parent: Number(parent), child: Number(child), onDelete: String(onDelete), onUpdate: String(onUpdate) },
  ...{ referred: list(referred).map(Number), referring: list(referring).map(Number) },
})

const numbers = ([from, to]: Row) => [Number(from), Number(to)] as const
const behind = ([name, schema, called]: Row) => [String(name), [String(schema), String(called)] as const] as const
const swapped = ([from, to]: readonly [number, number]) => [to, from] as const
const named = ([name, version]: Row) => [String(name), String(version)] as const
const words = ([from, definition]: Row) => [Number(from), String(definition)] as const

/** What the snapshot has read for other purposes as well. */
interface Given {
  readonly effects: EffectRows
  readonly rules: readonly (readonly [relation: number, definition: string])[]
  readonly definitions: readonly (readonly [view: number, definition: string])[]
  readonly inheritance: readonly (readonly [child: number, parent: number])[]
  readonly dependencies: readonly (readonly [reader: number, base: number])[]
}

export const effectsOf = (snapshot: Given): Effects => {
  const read = Object.entries(snapshot.effects).map(([name, found]) => [name, found.map((each) => Object.values(each))])
  const rows = Object.fromEntries(read) as Record<keyof typeof queries, readonly Row[]>
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
    transitions: grouped(
      rows.triggers.flatMap(([, routine, ...tables]) =>
        tables.flatMap((name) => (typeof name === 'string' ? [[Number(routine), name] as const] : [])),
      ),
    ),
    deferrable: new Set(
      rows.triggers.flatMap(([, routine, , , deferrable]) => (deferrable === true ? [Number(routine)] : [])),
    ),
    rules: grouped(snapshot.rules),
    views: new Map(snapshot.definitions),
    primaryKeys: grouped(rows.primary.map(words)),
    cascades: cascadesOf(rows.keys),
    partitionedBy: grouped(rows.partitioned.map(numbers)),
    foreignKeys: rows.keys.map(keyOf),
    droppable: grouped(rows.dropping.map(droppableOf)),
    types: grouped(rows.types.map(named)),
    behind: {
      operators: grouped(rows.operators.map(behind)),
      aggregates: grouped(rows.aggregates.map(behind)),
      casts: grouped(rows.casts.map(behind)),
    },
    rows: {
      functions: grouped(rows.functionRows.map(named)),
      operators: grouped(rows.operatorRows.map(named)),
      indexes: grouped(rows.indexRows.map(named)),
      triggers: grouped(rows.triggerRows.map(words)),
      casts: rows.castRows.map(([, version]) => String(version)),
    },
    indexes: grouped(rows.indexes.map((row) => [String(row[0]), index(row)] as const)),
    vectorTypes: new Set(rows.vectors.map(([oid]) => Number(oid))),
    below: closed(grouped(snapshot.inheritance.map(swapped))),
    dependents: closed(grouped(snapshot.dependencies.map(swapped))),
  }
}
