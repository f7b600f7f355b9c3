import { hash } from 'node:crypto'

/**
 * What tells whether an object of the catalog is still the one that was analysed, as SQL. A snapshot reads these expressions
 * with the definitions, and whoever checks later has the server work out the very same ones, in any session: so all is
 * qualified, and nothing depends on a setting or on the search path.
 *
 * Of relations the values count by which they are analysed, so that TRUNCATE, GRANT, ANALYZE and VACUUM FULL change nothing.
 * Of what is analysed by a text of its own (views and rules, functions) the row version counts: `xmin` repeats within one
 * transaction, and `ctid` may come back after VACUUM, so both.
 */

/** A row's values as text, without ambiguity: the output of a record quotes what has to be. */
const row = (...values: readonly string[]): string => `ROW(${values.join(', ')})`

const rowVersion = (alias: string): string => `${alias}.xmin, ${alias}.ctid`

/** One short text for many or long ones. */
const digest = (value: string): string =>
  `pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(${value}::pg_catalog.text, 'UTF8')), 'base64')`

const equals = 'OPERATOR(pg_catalog.=)'

const added = (oid: string): string => `${oid} OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid`

/** An aggregate over what did not come with the server. */
const ofAdded = (alias: string, value: string): string =>
  digest(`(pg_catalog.array_agg(${value} ORDER BY ${alias}.oid) FILTER (WHERE ${added(`${alias}.oid`)}))`)

/** Members of a JSON array. */
const members = (value: string, order: string): string => `pg_catalog.string_agg(${value}, ',' ORDER BY ${order})`

const quoted = (name: string): string => `pg_catalog.to_json(${name}::pg_catalog.text)`

/** The expression of a generated column, which can be replaced while the column stays. */
const generated = `CASE WHEN a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char" THEN
    (SELECT pg_catalog.concat(',"', ${rowVersion('f').replace(', ', ", ' ', ")}, '"') FROM pg_catalog.pg_attrdef f
      WHERE f.adrelid ${equals} a.attrelid AND f.adnum ${equals} a.attnum) END`

/** Columns that are there, as members of a JSON array: number, name, type, modifier, `attgenerated`, version of that. */
export const columnMembers = (oid: string): string => `(SELECT ${members(
  `pg_catalog.concat('[', a.attnum, ',', ${quoted('a.attname')}, ',', a.atttypid, ',', a.atttypmod, ',"', a.attgenerated,
      '"', ${generated}, ']')`,
  'a.attnum',
)} FROM pg_catalog.pg_attribute a WHERE a.attrelid ${equals} ${oid}
      AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped)`

/** An aggregate over a relation's rows of `pg_rewrite`: a view's query, and rules. */
export const ruleMembers = (r: string): string =>
  members(`pg_catalog.concat('"', ${r}.oid, ' ', ${r}.xmin, ' ', ${r}.ctid, '"')`, `${r}.oid`)

const rules = (oid: string): string =>
  `(SELECT ${ruleMembers('r')} FROM pg_catalog.pg_rewrite r WHERE r.ev_class ${equals} ${oid})`

const parents = (oid: string): string =>
  `(SELECT ${members('i.inhparent::pg_catalog.text', 'i.inhparent')}
    FROM pg_catalog.pg_inherits i WHERE i.inhrelid ${equals} ${oid})`

/** Children and partitions down to the last: what is attached to one of them changes what the topmost one shows. */
const children = (oid: string): string => `(WITH RECURSIVE below(oid) AS (
    SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent ${equals} ${oid}
    UNION SELECT i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent ${equals} b.oid)
  SELECT ${members('b.oid::pg_catalog.text', 'b.oid')} FROM below b)`

/**
 * Everything of a relation that lineage and rules go by but for its triggers: name, kind, columns, the rules on it, parents
 * and children. `relationVersionOf` makes the same of what a snapshot has read.
 * @param c alias of its row of `pg_class`
 */
export const relationVersion = (c: string): string =>
  digest(`pg_catalog.concat('[', ${quoted(`${c}.relname`)}, ',', ${c}.relnamespace, ',"', ${c}.relkind, '",[',
    ${columnMembers(`${c}.oid`)}, '],[', ${rules(`${c}.oid`)}, '],[', ${parents(`${c}.oid`)}, '],[',
    CASE WHEN ${c}.relhassubclass THEN ${children(`${c}.oid`)} END, ']]')`)

/** What `relationVersion` is made of. */
export interface RelationState {
  readonly name: string
  readonly namespace: number
  readonly kind: string
  /** As `columnMembers` yields them, and rules as `ruleMembers`. */
  readonly columns: string
  readonly rules: string
  readonly parents: readonly number[]
  /** All down to the last. */
  readonly children: readonly number[]
}

const inOrder = (oids: readonly number[]): string => [...oids].sort((a, b) => a - b).join(',')

/** Here rather than on the server, and when it is asked for: a statement names few of the relations that there are. */
export const relationVersionOf = ({
  name,
  namespace,
  kind,
  columns,
  rules,
  parents,
  children,
}: RelationState): string =>
  hash(
    'sha256',
    `[${JSON.stringify(name)},${namespace},"${kind}",[${columns}],[${rules}],[${inOrder(parents)}],[${inOrder(children)}]]`,
    'base64',
  )

/** Kinds of relations that a snapshot has. */
export const kinds = `ARRAY['r', 'p', 'v', 'm', 'f', 'S']::pg_catalog."char"[]`

/**
 * An aggregate over a relation's rows of `pg_trigger`: what writing to it sets off, foreign keys from and to it included.
 */
export const triggersVersion = (t: string): string =>
  digest(
    `pg_catalog.array_agg(${row(`${t}.oid`, `${t}.tgfoid`, `${t}.tgenabled`, `${t}.tgconstrrelid`)} ORDER BY ${t}.oid)`,
  )

/**
 * An aggregate over rows of `pg_proc`: those of one name, in all schemas, tell whether a call of it can have changed. NULL
 * where all of them came with the server: those are what its version makes them.
 */
export const functionsVersion = (p: string): string => ofAdded(p, row(`${p}.oid`, rowVersion(p)))

/** An aggregate over rows of `pg_operator`, as of functions. */
export const operatorsVersion = (o: string): string => ofAdded(o, row(`${o}.oid`, rowVersion(o)))

/** An aggregate over rows of `pg_cast`: all that there are. */
export const castsVersion = (k: string): string => ofAdded(k, row(`${k}.oid`, rowVersion(k)))

/**
 * An aggregate over rows of `pg_type`, as of functions: of one name, and only those of `isNamedType`. Of a composite type the
 * attributes count, too.
 */
export const typesVersion = (t: string): string =>
  ofAdded(
    t,
    row(
      ...[`${t}.oid`, rowVersion(t)],
      `CASE WHEN ${t}.typrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid THEN ${columnMembers(`${t}.typrelid`)} END`,
    ),
  )

/** Types that don't follow from something else, as arrays do from their elements and row types from their relations. */
export const isNamedType = (t: string): string =>
  `(${t}.typcategory OPERATOR(pg_catalog.<>) 'A'::pg_catalog."char" AND (${t}.typrelid ${equals} 0::pg_catalog.oid OR EXISTS (
    SELECT FROM pg_catalog.pg_class k WHERE k.oid ${equals} ${t}.typrelid AND k.relkind ${equals} 'c'::pg_catalog."char")))`

/** What a snapshot has of routines and types that were added. A name that is missing stands for NULL. */
export interface Versions {
  /** By name. */
  readonly functions: ReadonlyMap<string, string>
  /** By name. */
  readonly operators: ReadonlyMap<string, string>
  /** By name, of those of `isNamedType`. */
  readonly types: ReadonlyMap<string, string>
  /** Of all together. */
  readonly casts: string | undefined
}
