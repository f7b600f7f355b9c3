import { anyOf, identity, indexVersion, isAdded, op, rowVersion, triggerVersion } from '../catalog/row-versions.js'
import { kinds, relationVersion } from '../catalog/versions.js'
import { isOld, isOwn, seesOld } from './transactions.js'
import { parameters, type Parameter } from './parameters.js'

/**
 * A parameter as a set of rows. The subselect hides its length from the planner: otherwise a plan for these very values
 * would seem cheaper than one for all, and the server would plan anew each time, at twenty times the cost.
 */
const each = (name: Parameter, type: string, alias: string): string =>
  `pg_catalog.unnest((SELECT ${parameter(name, type)})) ${alias}(key)`

const parameter = (name: Parameter, type: string): string => `$${parameters.indexOf(name) + 1}::pg_catalog.${type}[]`

const isExpected = (version: string): string => anyOf(version, parameter('expected', 'text'))

/** Settings by which the analysis read the statement. */
const settings = [
  ['standard_conforming_strings', 'on'],
  ['session_replication_role', 'origin'],
] as const

/** Under whatever spelling it was set: the setting keeps that. */
const encoding = `WHEN ${op('pg_catalog.pg_client_encoding()::pg_catalog.text', '<>', `'UTF8'`)} THEN 'client_encoding'`

const setting = ([name, value]: readonly [string, string]): string =>
  `WHEN ${op(`pg_catalog.current_setting('${name}')`, '<>', `'${value}'`)} THEN '${name}'`

/** How a key is called in the message. */
const labels = { name: 'k.key', oid: 'k.key::pg_catalog.regclass::pg_catalog.text' } as const

/** Runs only when it has to. */
interface Check {
  readonly when: string
  /** Yields what has changed, where something has. */
  readonly find: string
}

const given = (name: Parameter, type: string): string =>
  op(`pg_catalog.cardinality(${parameter(name, type)})`, '>', '0')

/**
 * The first key for which a row of the catalog isn't as it was analysed. The inner query is a scalar one so that no planner
 * makes a join of it: it goes by the catalog's index, whose name or OID it has.
 */
const first = (name: Parameter, type: keyof typeof labels, row: string, found: string, otherwise: string): Check => ({
  when: given(name, type),
  find: `SELECT ${labels[type]} FROM ${each(name, type, 'k')}
    WHERE (SELECT true FROM ${row} WHERE ${found} AND (${otherwise}) LIMIT 1) LIMIT 1`,
})

/** Not as expected, or, in a transaction that sees an old state of the catalog, replaced since. */
const changed = (alias: string, version: string): string =>
  `NOT ${isExpected(version)} OR (${seesOld} AND ${isOld(`${alias}.xmax`)})`

/**
 * A table, index or sequence that this transaction has made itself, since the catalog was read, and to which no other
 * relation's rules apply.
 */
const isMade = `${anyOf('c.relkind', `ARRAY['r', 'p', 'S', 'i', 'I']::pg_catalog."char"[]`)} AND NOT c.relhasrules
  AND ${op('c.oid', '>', `ALL (${parameter('newest', 'oid')})`)} AND ${isOwn('c.xmin')}`

const isAnothersTemporary = `${op('c.relpersistence', '=', `'t'`)} AND pg_catalog.pg_is_other_temp_schema(c.relnamespace)`

/** Functions of foreign keys that write to the table which refers: CASCADE, RESTRICT, SET NULL, SET DEFAULT (pg_proc.dat). */
const writing = `'{1646,1647,1648,1649,1650,1651,1652,1653}'::pg_catalog.oid[]`

const isIndex = anyOf('c.relkind', `ARRAY['i', 'I']::pg_catalog."char"[]`)

/** Each names the first thing that isn't as it was analysed. A name's bearers are looked for in all schemas, as analyses do. */
const checks: readonly Check[] = [
  first(
    'names',
    'name',
    'pg_catalog.pg_class c',
    `${op('c.relname', '=', 'k.key')} AND ${anyOf('c.relkind', kinds)}`,
    `(${changed('c', identity('c'))}) AND NOT (${isAnothersTemporary})
      AND NOT (${anyOf('k.key', parameter('own', 'name'))} AND ${isMade})`,
  ),
  first(
    'functions',
    'name',
    'pg_catalog.pg_proc p',
    `${op('p.proname', '=', 'k.key')} AND ${isAdded('p')}`,
    changed('p', rowVersion('p')),
  ),
  first(
    'operators',
    'name',
    'pg_catalog.pg_operator o',
    `${op('o.oprname', '=', 'k.key')} AND ${isAdded('o')}`,
    changed('o', rowVersion('o')),
  ),
  {
    when: given('casts', 'text'),
    find: `SELECT 'a cast' FROM pg_catalog.pg_cast k
      WHERE ${isAdded('k')} AND (${changed('k', rowVersion('k'))}) LIMIT 1`,
  },
  // Of what was made since, an old state of the catalog shows nothing: but the server says what a name means now.
  {
    when: seesOld,
    find: `SELECT k.key FROM ${each('written', 'text', 'k')} WHERE pg_catalog.to_regclass(k.key) IS NOT NULL
      AND (SELECT true FROM pg_catalog.pg_class c WHERE ${op('c.oid', '=', 'pg_catalog.to_regclass(k.key)')} LIMIT 1)
        IS NULL LIMIT 1`,
  },
  first(
    'triggers',
    'oid',
    'pg_catalog.pg_trigger t',
    `${op('t.tgrelid', '=', 'k.key')} AND (NOT t.tgisinternal OR ${anyOf('t.tgfoid', writing)})`,
    changed('t', triggerVersion('t')),
  ),
]

/** For premises of more than the first parameters. */
const furtherChecks: readonly Check[] = [
  first('relations', 'oid', 'pg_catalog.pg_class c', op('c.oid', '=', 'k.key'), changed('c', identity('c'))),
  first('whole', 'oid', 'pg_catalog.pg_class c', op('c.oid', '=', 'k.key'), changed('c', relationVersion('c'))),
  first(
    'whole',
    'oid',
    'pg_catalog.pg_attribute a',
    op('a.attrelid', '=', 'k.key'),
    `${seesOld} AND ${isOld('a.xmax')}`,
  ),
  first('whole', 'oid', 'pg_catalog.pg_rewrite r', op('r.ev_class', '=', 'k.key'), `${seesOld} AND ${isOld('r.xmax')}`),
  first('keys', 'oid', 'pg_catalog.pg_trigger t', op('t.tgrelid', '=', 'k.key'), changed('t', triggerVersion('t'))),
  first(
    'readers',
    'oid',
    'pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON ' + op('r.oid', '=', 'd.objid'),
    `${op('d.refclassid', '=', `'pg_catalog.pg_class'::pg_catalog.regclass`)} AND ${op('d.refobjid', '=', 'k.key')}
      AND ${op('d.classid', '=', `'pg_catalog.pg_rewrite'::pg_catalog.regclass`)}`,
    `NOT ${anyOf('r.ev_class', parameter('readers', 'oid'))}`,
  ),
  first(
    'indexes',
    'name',
    'pg_catalog.pg_class c JOIN pg_catalog.pg_index x ON ' + op('x.indexrelid', '=', 'c.oid'),
    `${op('c.relname', '=', 'k.key')} AND ${isIndex} AND ${isAdded('c')}`,
    `NOT ${isExpected(indexVersion('c', 'x'))} AND NOT (${isAnothersTemporary}) AND NOT (${isMade})`,
  ),
]

const text = (all: readonly Check[]): string => `/* hoop witness */ SELECT
  (${op(`'hoop witness: '`, '||', 'w.changed')})::pg_catalog.int4
  FROM (SELECT CASE ${[...settings.map(setting), encoding].join(' ')}
    ELSE COALESCE(${all.map(({ when, find }) => `(CASE WHEN ${when} THEN (${find})::pg_catalog.text END)`).join(', ')}) END AS changed OFFSET 0) w
  WHERE w.changed IS NOT NULL`

/**
 * The one statement that testifies for all others. It returns no rows where what a decision rests on is as it was analysed;
 * otherwise it raises 22P02, with a text that no constant folding can know beforehand, and says what has changed.
 */
export const witnessText = text([...checks, ...furtherChecks])

/** The same for those premises that need no more (`isPlain`): of each check, the server sets up the plan whether it comes to it or not. */
export const plainWitnessText = text(checks)
