import { withoutPause } from '../steps.js'
import { documents } from './read/document.js'
import { text } from '../tree.js'
import { snapshot } from '../witness/snapshot.js'
import type { CatalogQuery } from './types.js'

/**
 * The server prints definitions by the newest catalog, while all else in a snapshot is of one moment: a table that is
 * renamed meanwhile stands in a view's text under a name that the snapshot doesn't have, or has for another. So row
 * versions of what definitions are, and of what they name, are read at the moment of the snapshot and again after it. Of a
 * relation that of its row type counts, which RENAME and SET SCHEMA change, and TRUNCATE or REFRESH don't.
 */
const named = `SELECT d.refobjid FROM pg_depend d
  WHERE d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass, 'pg_attrdef'::regclass)
    AND d.refclassid = 'pg_class'::regclass`

const objects = `
  SELECT c.oid::int8, concat(t.xmin, t.ctid, (SELECT string_agg(concat(a.xmin, a.ctid), ' ' ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)) AS version
  FROM pg_class c JOIN pg_type t ON t.oid = c.reltype
  WHERE c.oid IN (${named}) OR (c.relkind IN ('v', 'm') AND c.oid >= 16384)
  UNION ALL SELECT r.oid::int8, concat(r.ev_class, r.xmin, r.ctid) FROM pg_rewrite r WHERE r.oid >= 16384
  UNION ALL SELECT f.oid::int8, concat(f.xmin, f.ctid) FROM pg_attrdef f
  UNION ALL SELECT p.oid::int8, concat(p.xmin, p.ctid) FROM pg_proc p WHERE p.oid >= 16384
  UNION ALL SELECT n.oid::int8, concat(n.xmin, n.ctid) FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%'`

const digest = {
  moment: `SELECT to_json(encode(sha256(convert_to(COALESCE(string_agg(concat(x.oid, ' ', x.version), ',' ORDER BY x.oid, x.version), ''),
    'UTF8')), 'base64')) FROM (${objects}) x`,
}

/** One text for all that printed definitions rest on. */
export const moment = async (query: CatalogQuery): Promise<unknown> =>
  (await documents({ query, inTurns: withoutPause }, digest)).moment

/** All that a snapshot is made of. */
const catalogs = [
  ...['pg_class', 'pg_attribute', 'pg_attrdef', 'pg_rewrite', 'pg_trigger', 'pg_constraint', 'pg_inherits', 'pg_index'],
  ...['pg_proc', 'pg_aggregate', 'pg_operator', 'pg_cast', 'pg_type', 'pg_enum', 'pg_namespace', 'pg_extension'],
]

const state = `SELECT to_json(concat_ws(' ', ${catalogs
  .map((name) => `(SELECT concat(count(*), ':', sum(hashtextextended(concat(c.xmin, c.ctid), 0))) FROM ${name} c)`)
  .join(', ')}))`

/**
 * Tells whether anything in the catalog has been written since, at a fraction of what reading it costs: how many rows there
 * are, and a sum over their versions.
 */
export const stateOf = async (query: CatalogQuery): Promise<string> =>
  String((await documents({ query, inTurns: withoutPause }, { state })).state)

/**
 * The server's snapshot, at a fraction of what even that costs: as long as it is the same, nobody has committed anything.
 * @returns undefined where it doesn't tell, as on a standby
 */
export const snapshotOf = async (query: CatalogQuery): Promise<string | undefined> => {
  const [row] = await query(`SELECT ${snapshot} AS snapshot`)
  return text(row?.['snapshot'])
}

/**
 * Whether the server has one process for everybody, as PGlite has: what is compiled to WebAssembly can't start another, so
 * nobody else can do anything while a transaction is open.
 */
export const isSingle = async (query: CatalogQuery): Promise<boolean> => {
  const [row] = await query('SELECT pg_catalog.version() AS version')
  return /\b(emscripten|wasm32)\b/.test(text(row?.['version']) ?? '')
}

/**
 * The system's identifier tells servers apart, and the database's OID its databases. Where the first may not be asked for,
 * the second has to do: then a restored database may pass for the one before.
 */
export const identityOf = async (query: CatalogQuery): Promise<string> => {
  const database = `SELECT oid::text AS id FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`
  const system = `SELECT system_identifier::text AS id FROM pg_catalog.pg_control_system()`
  const [own] = await query(database)
  const [server] = await query(system).catch(() => [])
  return `${text(server?.['id']) ?? '-'}/${text(own?.['id']) ?? ''}`
}
