import { text } from '../tree.js'
import type { CatalogQuery } from './types.js'
import {
  castsVersion,
  functionsVersion,
  identityVersion,
  isNamedType,
  operatorsVersion,
  relationVersion,
  triggersVersion,
  typesVersion,
  type Versions,
} from './versions.js'

/**
 * Each query yields one JSON document, so that it reads the same through any driver. They run on PostgreSQL 13 and
 * later; objects with an OID from 16384 on (`FirstNormalObjectId`) did not come with the server.
 */
const document = async (query: CatalogQuery, sql: string, parameters?: unknown[]): Promise<unknown[]> => {
  const [row] = await query(`SELECT (${sql})::text AS document`, parameters)
  return JSON.parse(text(row?.['document']) ?? '[]') as unknown[]
}

const rows = (columns: string, from: string): string =>
  `SELECT COALESCE(json_agg(json_build_array(${columns})), '[]'::json) FROM ${from}`

/** oid, schema, name, relkind, extension, view definition, columns with generated columns' expressions, versions */
export type RelationRow = readonly [
  oid: number,
  schema: string,
  name: string,
  kind: string,
  extension: string | null,
  definition: string | null,
  columns: readonly ColumnRow[] | null,
  version: string,
  triggers: string | null,
  identity: string,
]
export type ColumnRow = readonly [
  attribute: number,
  name: string,
  type: number,
  modifier: number,
  generated: string,
  expression: string | null,
]

const extensionOf = (table: string, oid: string): string =>
  `(SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = '${table}'::regclass AND d.objid = ${oid}
      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' LIMIT 1)`

const relations = rows(
  `c.oid::int8, n.nspname, c.relname, c.relkind,
   CASE WHEN c.oid >= 16384 THEN ${extensionOf('pg_class', 'c.oid')} END,
   CASE WHEN c.oid >= 16384 AND c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
   (SELECT json_agg(json_build_array(a.attnum, a.attname, a.atttypid::int8, a.atttypmod, a.attgenerated,
        CASE WHEN a.attgenerated <> '' THEN
          (SELECT pg_get_expr(f.adbin, f.adrelid) FROM pg_attrdef f WHERE f.adrelid = a.attrelid AND f.adnum = a.attnum)
        END) ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
   ${relationVersion('c')}, ${triggersVersion('c')}, ${identityVersion('c')}`,
  `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
)

/** Views and rules: which relation reads which. A whole row is a dependency on the relation, so relations are sound. */
const dependencies = rows(
  'x.reader, x.base',
  `(SELECT DISTINCT r.ev_class::int8 AS reader, d.refobjid::int8 AS base
    FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class) x`,
)

const inheritance = rows('i.inhrelid::int8, i.inhparent::int8', 'pg_inherits i')

/** Rules other than a view's own: their text is analysed as the view's is. */
const rules = rows(
  'r.ev_class::int8, pg_get_ruledef(r.oid)',
  `pg_rewrite r WHERE r.rulename <> '_RETURN' AND r.oid >= 16384`,
)

const builtin = rows(
  'x.proname, x.volatile, x.scalar, x.sets, x.immutable',
  `(SELECT p.proname, bool_or(p.provolatile = 'v') AS volatile, bool_or(p.proretset) AS sets,
      bool_and(p.provolatile = 'i') AS immutable,
      bool_and(t.typtype IN ('b', 'e', 'r', 'm') AND p.proallargtypes IS NULL) AS scalar
    FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype WHERE p.oid < 16384 GROUP BY p.proname) x`,
)

/** A function's marks: its language, what it says of itself (`provolatile`, `proparallel`), the extension that brought it. */
const marks = `l.lanname, p.provolatile, p.proparallel, ${extensionOf('pg_proc', 'p.oid')}`

/** name, schema, marks, whether it returns a set, kind of the type it returns, definition of one in SQL */
const added = rows(
  `p.proname, n.nspname, json_build_array(${marks}), p.proretset, t.typtype,
   CASE WHEN l.lanname = 'sql' AND p.prokind = 'f' THEN pg_get_functiondef(p.oid) END`,
  `pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
   JOIN pg_type t ON t.oid = p.prorettype WHERE p.oid >= 16384`,
)

/** operator, its function and the function's marks */
const operators = rows(
  `o.oprname, p.oid::int8, json_build_array(${marks})`,
  `pg_operator o JOIN pg_proc p ON p.oid = o.oprcode JOIN pg_language l ON l.oid = p.prolang WHERE o.oid >= 16384`,
)

/** from, to, and the marks of the function that converts */
const casts = rows(
  `s.typname, t.typname, json_build_array(${marks})`,
  `pg_cast c JOIN pg_proc p ON p.oid = c.castfunc JOIN pg_language l ON l.oid = p.prolang
   JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget WHERE p.oid >= 16384`,
)

const byName = (name: string, version: string, from: string): string =>
  rows('x.name, x.version', `(SELECT ${name} AS name, ${version} AS version FROM ${from} GROUP BY ${name}) x`)

const versions = {
  functions: byName('p.proname', functionsVersion('p'), 'pg_proc p'),
  operators: byName('o.oprname', operatorsVersion('o'), 'pg_operator o'),
  types: byName('t.typname', typesVersion('t'), `pg_type t WHERE ${isNamedType('t')}`),
  casts: `SELECT json_build_array(${castsVersion('k')}) FROM pg_cast k`,
}

/** Types of masked columns and all that did not come with the server, with what a domain or array is made of. */
const types = `WITH RECURSIVE wanted(oid) AS (
    SELECT unnest(string_to_array($1::text, ',')::oid[])
    UNION SELECT t.oid FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem
      WHERE t.oid >= 16384 AND t.typrelid = 0 AND COALESCE(e.typrelid, 0) = 0
    UNION SELECT x.part FROM wanted w JOIN pg_type t ON t.oid = w.oid,
      LATERAL (VALUES (t.typbasetype), (t.typelem)) x(part) WHERE x.part <> 0)
  SELECT COALESCE(json_agg(json_build_array(t.oid::int8, t.typname, t.typtype, t.typcategory, t.typbasetype::int8,
      t.typelem::int8, t.typtypmod,
      (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))), '[]'::json)
  FROM wanted w JOIN pg_type t ON t.oid = w.oid`

export type TypeRow = readonly [
  oid: number,
  name: string,
  type: string,
  category: string,
  base: number,
  element: number,
  modifier: number,
  labels: readonly string[] | null,
]

export type Marks = readonly [language: string, volatility: string, parallel: string, extension: string | null]

export type RoutineRow = readonly [
  name: string,
  schema: string,
  marks: Marks,
  sets: boolean,
  returns: string,
  definition: string | null,
]

export interface Snapshot {
  readonly relations: readonly RelationRow[]
  readonly dependencies: readonly (readonly [reader: number, base: number])[]
  readonly inheritance: readonly (readonly [child: number, parent: number])[]
  readonly rules: readonly (readonly [relation: number, definition: string])[]
  readonly builtin: readonly (readonly [
    name: string,
    volatile: boolean,
    scalar: boolean,
    sets: boolean,
    immutable: boolean,
  ])[]
  readonly added: readonly RoutineRow[]
  readonly operators: readonly (readonly [operator: string, routine: number, marks: Marks])[]
  readonly casts: readonly (readonly [source: string, target: string, marks: Marks])[]
}

type Named = readonly (readonly [name: string, version: string])[]

/** Of routines and types. */
export const readVersions = async (query: CatalogQuery): Promise<Versions> => {
  const named = async (sql: string) => new Map((await document(query, sql)) as Named)
  const [casts] = (await document(query, versions.casts)) as [string]
  return {
    functions: await named(versions.functions),
    operators: await named(versions.operators),
    types: await named(versions.types),
    casts,
  }
}

/**
 * Does all reading of one snapshot in a transaction of its own that reads only and sees one state of the catalog. The
 * search path is emptied in it: definitions come out qualified, and nobody's objects can stand in for the system's.
 * Nothing stays behind on the connection, which a database that serves everybody over one backend (PGlite) would show to
 * others.
 */
export const reading = async <T>(query: CatalogQuery, work: () => Promise<T>): Promise<T> => {
  await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    await query(`SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)`)
    return await work()
  } finally {
    await query('ROLLBACK')
  }
}

export const readSnapshot = async (query: CatalogQuery): Promise<Snapshot> => {
  const read = { relations, dependencies, inheritance, rules, builtin, added, operators, casts }
  const documents: Record<string, unknown[]> = {}
  for (const [name, sql] of Object.entries(read)) documents[name] = await document(query, sql)
  return documents as unknown as Snapshot
}

export const readTypes = async (query: CatalogQuery, oids: readonly number[]): Promise<readonly TypeRow[]> =>
  (await document(query, types, [oids.join(',')])) as TypeRow[]
