import { type Asking, documents, paged, rows } from './document.js'
import { identity } from './row-versions.js'
import { effects, type EffectRows } from '../../effects/read.js'
import { types, type TypeRow } from './type-rows.js'
import {
  castsVersion,
  columnMembers,
  functionsVersion,
  isNamedType,
  operatorsVersion,
  ruleMembers,
  triggersVersion,
  typesVersion,
} from './versions.js'

/** oid, schema, name, relkind, OID of the schema, columns as `columnMembers` yields them, `identity`, row security */
export type RelationRow = readonly [
  oid: number,
  schema: string,
  name: string,
  kind: string,
  namespace: number,
  columns: string | null,
  identity: string,
  rowSecurity: boolean,
]

const relations = [
  `c.oid::int8, n.nspname, c.relname, c.relkind, n.oid::int8, ${columnMembers('c.oid')}, ${identity('c')},
   c.relrowsecurity`,
  'c.oid',
  `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`,
] as const

/** Of views and materialized views that were added. */
const definitions = [
  'c.oid::int8, pg_get_viewdef(c.oid)',
  'c.oid',
  `pg_class c WHERE c.oid >= 16384 AND c.relkind IN ('v', 'm')`,
] as const

/** Relations that an extension brought. */
const extensions = rows(
  'd.objid::int8, e.extname',
  `pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
   WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e'`,
)

const generated = rows(
  'f.adrelid::int8, f.adnum, pg_get_expr(f.adbin, f.adrelid)',
  `pg_attrdef f JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum WHERE a.attgenerated <> ''`,
)

const ruleVersions = rows(
  'x.relation, x.version',
  `(SELECT r.ev_class::int8 AS relation, ${ruleMembers('r')} AS version FROM pg_rewrite r GROUP BY r.ev_class) x`,
)

const triggers = rows(
  'x.relation, x.version',
  `(SELECT t.tgrelid::int8 AS relation, ${triggersVersion('t')} AS version FROM pg_trigger t GROUP BY t.tgrelid) x`,
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
  'x.proname, x.volatile, x.scalar, x.sets, x.immutable, x.aggregate',
  `(SELECT p.proname, bool_or(p.provolatile = 'v') AS volatile, bool_or(p.proretset) AS sets,
      bool_and(p.provolatile = 'i' AND p.prokind = 'f') AS immutable,
      bool_or(p.prokind = 'a') AS aggregate,
      bool_and(t.typtype IN ('b', 'e', 'r', 'm') AND p.proallargtypes IS NULL) AS scalar
    FROM pg_proc p JOIN pg_type t ON t.oid = p.prorettype WHERE p.oid < 16384 GROUP BY p.proname) x`,
)

/** The server made it along with a type, as the constructor of a range: SQL can't make a function belong to a type so. */
const constructor = `EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
  AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i')`

/**
 * A function's marks: its language, what it says of itself (`provolatile`, `proparallel`), the extension that brought it, or
 * `pg_catalog` where it is a type's constructor.
 */
const marks = `l.lanname, p.provolatile, p.proparallel,
  COALESCE((SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' LIMIT 1),
    CASE WHEN ${constructor} THEN 'pg_catalog' END)`

/** name, schema, marks, whether it returns a set, kind of the type it returns, definition of one in SQL */
const added = rows(
  `p.proname, n.nspname, json_build_array(${marks}), p.proretset, t.typtype,
   CASE WHEN l.lanname = 'sql' AND p.prokind = 'f' THEN pg_get_functiondef(p.oid) END`,
  `pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
   JOIN pg_type t ON t.oid = p.prorettype WHERE p.oid >= 16384`,
)

/** operator, its function and the function's marks */
const operators = rows(
  `o.oprname, p.oid::int8, json_build_array(${marks}), p.proname`,
  `pg_operator o JOIN pg_proc p ON p.oid = o.oprcode JOIN pg_language l ON l.oid = p.prolang WHERE o.oid >= 16384`,
)

/** from, to, and the marks of the function that converts, with its OID and name */
const casts = rows(
  `s.typname, t.typname, json_build_array(${marks}), p.oid::int8, p.proname`,
  `pg_cast c JOIN pg_proc p ON p.oid = c.castfunc JOIN pg_language l ON l.oid = p.prolang
   JOIN pg_type s ON s.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget WHERE c.oid >= 16384`,
)

const byName = (name: string, version: string, from: string): string =>
  rows(
    'x.name, x.version',
    `(SELECT ${name} AS name, ${version} AS version FROM ${from} GROUP BY ${name}) x WHERE x.version IS NOT NULL`,
  )

/** Versions of routines and types. */
const versions = {
  functionVersions: byName('p.proname', functionsVersion('p'), 'pg_proc p WHERE p.oid >= 16384'),
  operatorVersions: byName('o.oprname', operatorsVersion('o'), 'pg_operator o WHERE o.oid >= 16384'),
  typeVersions: byName('t.typname', typesVersion('t'), `pg_type t WHERE t.oid >= 16384 AND ${isNamedType('t')}`),
  castsVersion: rows('x.version', `(SELECT ${castsVersion('k')} AS version FROM pg_cast k) x`),
}

export type Marks = readonly [language: string, volatility: string, parallel: string, extension: string | null]

export type RoutineRow = readonly [
  name: string,
  schema: string,
  marks: Marks,
  sets: boolean,
  returns: string,
  definition: string | null,
]

type Pairs<Value> = readonly (readonly [relation: number, value: Value])[]
type Named = readonly (readonly [name: string, version: string])[]

/** What was read of a database, whatever is masked in it. */
export interface Snapshot {
  readonly relations: readonly RelationRow[]
  readonly definitions: Pairs<string>
  readonly extensions: Pairs<string>
  readonly generated: readonly (readonly [relation: number, attribute: number, expression: string])[]
  readonly ruleVersions: Pairs<string>
  readonly triggers: Pairs<string>
  readonly dependencies: readonly (readonly [reader: number, base: number])[]
  readonly inheritance: readonly (readonly [child: number, parent: number])[]
  readonly rules: Pairs<string>
  readonly builtin: readonly (readonly [
    name: string,
    volatile: boolean,
    scalar: boolean,
    sets: boolean,
    immutable: boolean,
    aggregate: boolean,
  ])[]
  readonly added: readonly RoutineRow[]
  readonly operators: readonly (readonly [operator: string, routine: number, marks: Marks, called: string])[]
  readonly casts: readonly (readonly [source: string, target: string, marks: Marks, routine: number, called: string])[]
  readonly functionVersions: Named
  readonly operatorVersions: Named
  readonly typeVersions: Named
  readonly castsVersion: readonly [readonly [string | null]]
  readonly types: readonly TypeRow[]
  readonly rowTypes: readonly (readonly [type: number, array: number])[]
  readonly effects: EffectRows
}

const whole = {
  ...{ extensions, generated, ruleVersions, triggers, dependencies, inheritance, rules },
  ...{ builtin, added, operators, casts, ...versions, ...types },
}

export const readSnapshot = async (asking: Asking): Promise<Snapshot> => {
  const read = {
    relations: await paged<RelationRow>(asking, ...relations),
    definitions: await paged<readonly [number, string]>(asking, ...definitions),
    ...(await documents(asking, whole)),
    effects: await documents(asking, effects),
  }
  return read as unknown as Snapshot
}
