import { functionVersion, indexVersion, isAdded, isOwnType } from '../catalog/read/row-versions.js'
import { rowVersion, triggerVersion, typeVersion } from '../catalog/read/row-versions.js'
import { droppableOf, dropping } from './dropping.js'
import { closed, grouped, indexed, mapped, type Steps } from '../steps.js'
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

/** CASCADE, SET NULL and SET DEFAULT write; a row that was set goes on as an update does. */
const writes = new Set(['c', 'n', 'd'])

function* cascadesOf(keys: readonly Row[]): Steps<Effects['cascades']> {
  function* by(which: (row: Row) => boolean): Steps<ReadonlyMap<number, readonly number[]>> {
    const picked = yield* mapped(keys, (row) => (which(row) ? [row] : []))
    return yield* closed(yield* grouped(picked, numbers))
  }
  const events: { [Event in CascadeEvent]: ReadonlyMap<number, readonly number[]> } = {
    delete: yield* by(([, , onDelete, onUpdate]) => writes.has(String(onDelete)) || writes.has(String(onUpdate))),
    update: yield* by(([, , , onUpdate]) => writes.has(String(onUpdate))),
    truncate: yield* by(() => true),
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

const routineOf = ([oid, name, schema, definition]: Row): StoredRoutine => ({
  ...{ oid: Number(oid), name: String(name), schema: String(schema) },
  definition: typeof definition === 'string' ? definition : undefined,
})

const indexOf = ([name, schema, table, vector]: Row): readonly [string, StoredIndex] => [
  String(name),
  { schema: String(schema), table: Number(table), vector: vector === true },
]

const same = <T>(pair: T): T => pair

/** What statements set off in a database, in steps: it may have many tables. */
export function* effectsOf(snapshot: Given): Steps<Effects> {
  const rows = {} as Record<keyof typeof queries, readonly Row[]>
  for (const [name, found] of Object.entries(snapshot.effects))
    rows[name as keyof typeof queries] = yield* mapped(found, (each) => [Object.values(each)])
  const routines = yield* mapped(rows.routines, (row) => [routineOf(row)])
  const transitions = yield* mapped(rows.triggers, ([, routine, ...tables]) =>
    tables.flatMap((name) => (typeof name === 'string' ? [[Number(routine), name] as const] : [])),
  )
  const deferrable = yield* mapped(rows.triggers, ([, routine, , , deferrable]) =>
    deferrable === true ? [Number(routine)] : [],
  )
  return {
    routines: yield* grouped(routines, (routine) => [routine.name, routine] as const),
    routineByOid: yield* indexed(routines, (routine) => [routine.oid, routine] as const),
    triggers: yield* grouped(rows.triggers, numbers),
    transitions: yield* grouped(transitions, same),
    deferrable: new Set(deferrable),
    rules: yield* grouped(snapshot.rules, same),
    views: yield* indexed(snapshot.definitions, same),
    primaryKeys: yield* grouped(rows.primary, words),
    cascades: yield* cascadesOf(rows.keys),
    partitionedBy: yield* grouped(rows.partitioned, numbers),
    foreignKeys: yield* mapped(rows.keys, (row) => [keyOf(row)]),
    droppable: yield* grouped(rows.dropping, droppableOf),
    types: yield* grouped(rows.types, named),
    behind: {
      operators: yield* grouped(rows.operators, behind),
      aggregates: yield* grouped(rows.aggregates, behind),
      casts: yield* grouped(rows.casts, behind),
    },
    rows: {
      functions: yield* grouped(rows.functionRows, named),
      operators: yield* grouped(rows.operatorRows, named),
      indexes: yield* grouped(rows.indexRows, named),
      triggers: yield* grouped(rows.triggerRows, words),
      casts: yield* mapped(rows.castRows, ([, version]) => [String(version)]),
    },
    indexes: yield* grouped(rows.indexes, indexOf),
    vectorTypes: new Set(rows.vectors.map(([oid]) => Number(oid))),
    below: yield* closed(yield* grouped(snapshot.inheritance, swapped)),
    dependents: yield* closed(yield* grouped(snapshot.dependencies, swapped)),
  }
}
