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

const all = (value: string, order: string, from: string): string =>
  `(SELECT pg_catalog.array_agg(${value} ORDER BY ${order}) FROM ${from})`

const equals = 'OPERATOR(pg_catalog.=)'

/** The expression of a generated column, which can be replaced while the column stays. */
const generated = `CASE WHEN a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char" THEN
    (SELECT ${row(rowVersion('f'))}::pg_catalog.text FROM pg_catalog.pg_attrdef f
      WHERE f.adrelid ${equals} a.attrelid AND f.adnum ${equals} a.attnum) END`

/** Columns that are there, with their types. */
const columns = (oid: string): string =>
  all(
    row('a.attnum', 'a.attname', 'a.atttypid', 'a.atttypmod', generated),
    'a.attnum',
    `pg_catalog.pg_attribute a WHERE a.attrelid ${equals} ${oid}
      AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped`,
  )

/** A view's query, and rules. */
const rewrites = (oid: string): string =>
  all(row('r.oid', rowVersion('r')), 'r.oid', `pg_catalog.pg_rewrite r WHERE r.ev_class ${equals} ${oid}`)

const parents = (oid: string): string =>
  all('i.inhparent', 'i.inhseqno', `pg_catalog.pg_inherits i WHERE i.inhrelid ${equals} ${oid}`)

/** Children and partitions down to the last: what is attached to one of them changes what the topmost one shows. */
const children = (oid: string): string => `(WITH RECURSIVE below(oid) AS (
    SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent ${equals} ${oid}
    UNION SELECT i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent ${equals} b.oid)
  SELECT pg_catalog.array_agg(b.oid ORDER BY b.oid) FROM below b)`

/**
 * Everything of a relation that lineage and rules go by but for its triggers: name, kind, columns, the rules on it, parents
 * and children.
 * @param c alias of its row of `pg_class`
 */
export const relationVersion = (c: string): string =>
  digest(
    row(
      ...[`${c}.relname`, `${c}.relnamespace`, `${c}.relkind`, `${c}.reloftype`],
      ...[columns(`${c}.oid`), rewrites(`${c}.oid`), parents(`${c}.oid`)],
      `CASE WHEN ${c}.relhassubclass THEN ${children(`${c}.oid`)} END`,
    ),
  )

/** Kinds of relations that a snapshot has. */
export const kinds = `ARRAY['r', 'p', 'v', 'm', 'f', 'S']::pg_catalog."char"[]`

/**
 * Who a relation is, and whether anything else is read or set off along with it: of one that stands alone, nothing else
 * counts where it doesn't matter which columns it has. It costs a tenth of `relationVersion`. The name comes last.
 * @param c alias of its row of `pg_class`
 */
export const identityVersion = (c: string): string =>
  `pg_catalog.concat_ws(' ', ${c}.oid, ${c}.relnamespace, ${c}.relkind, ${c}.relispartition, ${c}.relhasrules,
    ${c}.relhassubclass, ${c}.relname)`

/**
 * What writing to a relation sets off: its triggers, with those of foreign keys from and to it. NULL where there are none.
 * @param c alias of its row of `pg_class`
 */
export const triggersVersion = (c: string): string =>
  `(SELECT ${digest(`pg_catalog.array_agg(${row('t.oid', 't.tgfoid', 't.tgenabled', 't.tgconstrrelid')} ORDER BY t.oid)`)}
    FROM pg_catalog.pg_trigger t WHERE t.tgrelid ${equals} ${c}.oid)`

/** An aggregate over rows of `pg_proc`: those of one name, in all schemas, tell whether a call of it can have changed. */
export const functionsVersion = (p: string): string =>
  digest(`pg_catalog.array_agg(${row(`${p}.oid`, rowVersion(p))} ORDER BY ${p}.oid)`)

/** An aggregate over rows of `pg_operator`, as of functions. */
export const operatorsVersion = (o: string): string =>
  digest(`pg_catalog.array_agg(${row(`${o}.oid`, rowVersion(o))} ORDER BY ${o}.oid)`)

/** An aggregate over rows of `pg_cast`: all that there are. */
export const castsVersion = (k: string): string =>
  digest(`pg_catalog.array_agg(${row(`${k}.oid`, rowVersion(k))} ORDER BY ${k}.oid)`)

/**
 * An aggregate over rows of `pg_type`, as of functions: of one name, and only those of `isNamedType`. Of a composite type the
 * attributes count, too.
 */
export const typesVersion = (t: string): string =>
  digest(
    `pg_catalog.array_agg(${row(
      `${t}.oid`,
      rowVersion(t),
      `CASE WHEN ${t}.typrelid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid THEN ${columns(`${t}.typrelid`)} END`,
    )} ORDER BY ${t}.oid)`,
  )

/** Types that don't follow from something else, as arrays do from their elements and row types from their relations. */
export const isNamedType = (t: string): string =>
  `(${t}.typcategory OPERATOR(pg_catalog.<>) 'A'::pg_catalog."char" AND (${t}.typrelid ${equals} 0::pg_catalog.oid OR EXISTS (
    SELECT FROM pg_catalog.pg_class k WHERE k.oid ${equals} ${t}.typrelid AND k.relkind ${equals} 'c'::pg_catalog."char")))`

/** What a snapshot has of routines and types. A name that is missing stands for no such object. */
export interface Versions {
  /** By name. */
  readonly functions: ReadonlyMap<string, string>
  /** By name. */
  readonly operators: ReadonlyMap<string, string>
  /** By name, of those of `isNamedType`. */
  readonly types: ReadonlyMap<string, string>
  /** Of all together. */
  readonly casts: string
}
