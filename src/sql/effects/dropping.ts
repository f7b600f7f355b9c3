/**
 * What DROP … CASCADE of a type or function takes along, through everything that depends on it in turn: of columns, defaults,
 * checks, indexes, triggers, policies and views, the relations that they belong to. Internal dependencies are followed upwards
 * as well, as the server does: with a view's rule goes the view. An array's type can't be dropped by itself, and there is one
 * for each table.
 * @see PostgreSQL documentation, "pg_depend"
 */
export const dropping = `WITH RECURSIVE seed(kind, classid, objid, name, schema) AS (
    SELECT 'type', 'pg_type'::regclass::oid, t.oid, t.typname, n.nspname
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE t.oid >= 16384 AND (t.typrelid = 0 OR c.relkind = 'c')
        AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
    UNION ALL SELECT 'function', 'pg_proc'::regclass::oid, p.oid, p.proname, n.nspname
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid >= 16384),
  reached(root, rootclass, classid, objid, sub) AS (
    SELECT objid, classid, classid, objid, 0 FROM seed
    UNION SELECT r.root, r.rootclass, x.classid, x.objid, x.sub FROM reached r, LATERAL (
      SELECT d.classid, d.objid, d.objsubid FROM pg_depend d
        WHERE d.refclassid = r.classid AND d.refobjid = r.objid AND (r.sub = 0 OR d.refobjsubid = r.sub)
      UNION ALL SELECT d.refclassid, d.refobjid, d.refobjsubid FROM pg_depend d
        WHERE d.classid = r.classid AND d.objid = r.objid AND d.objsubid = r.sub AND d.deptype = 'i'
    ) x(classid, objid, sub)),
  met AS (
    SELECT r.root, r.rootclass, COALESCE(i.indrelid, w.ev_class, f.adrelid, k.conrelid, g.tgrelid, y.polrelid, c.oid) AS relation
    FROM reached r
      LEFT JOIN pg_class c ON r.classid = 'pg_class'::regclass AND c.oid = r.objid
      LEFT JOIN pg_index i ON i.indexrelid = c.oid
      LEFT JOIN pg_rewrite w ON r.classid = 'pg_rewrite'::regclass AND w.oid = r.objid
      LEFT JOIN pg_attrdef f ON r.classid = 'pg_attrdef'::regclass AND f.oid = r.objid
      LEFT JOIN pg_constraint k ON r.classid = 'pg_constraint'::regclass AND k.oid = r.objid AND k.conrelid <> 0
      LEFT JOIN pg_trigger g ON r.classid = 'pg_trigger'::regclass AND g.oid = r.objid
      LEFT JOIN pg_policy y ON r.classid = 'pg_policy'::regclass AND y.oid = r.objid),
  grouped AS (
    SELECT m.root, m.rootclass, json_agg(DISTINCT m.relation::int8) AS relations FROM met m
      WHERE m.relation IS NOT NULL GROUP BY m.root, m.rootclass)
  SELECT s.kind, s.name, s.schema, COALESCE(g.relations, '[]'::json)
  FROM seed s LEFT JOIN grouped g ON g.root = s.objid AND g.rootclass = s.classid`

/** A type or function that may be dropped with all that depends on it. */
export interface Droppable {
  readonly schema: string
  /** Relations that go or change with it, by their OIDs. */
  readonly relations: readonly number[]
}

/** By kind and name, as `type mood`. */
export type Droppables = ReadonlyMap<string, readonly Droppable[]>

export const droppableKey = (kind: 'type' | 'function', name: string): string => `${kind} ${name}`

export const droppableOf = ([kind, name, schema, relations]: readonly unknown[]): readonly [string, Droppable] => [
  droppableKey(kind === 'type' ? 'type' : 'function', String(name)),
  { schema: String(schema), relations: Array.isArray(relations) ? relations.map(Number) : [] },
]
