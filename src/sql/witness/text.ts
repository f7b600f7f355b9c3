import { identityVersion, kinds, relationVersion } from '../catalog/versions.js'
import { parameters, type Parameter } from './premise.js'

/** `left operator right`, by the server's own operator. */
const op = (left: string, operator: string, right: string): string =>
  `${left} OPERATOR(pg_catalog.${operator}) ${right}`

const anyOf = (left: string, values: string): string => op(left, '=', `ANY (${values})`)

const parameter = (name: Parameter, type: string): string => `$${parameters.indexOf(name) + 1}::pg_catalog.${type}[]`

const expected = parameter('expected', 'text')

/** Settings by which the analysis read the statement. */
const settings = [
  ['standard_conforming_strings', 'on'],
  ['client_encoding', 'UTF8'],
  ['session_replication_role', 'origin'],
] as const

const setting = ([name, value]: readonly [string, string]): string =>
  `WHEN ${op(`pg_catalog.current_setting('${name}')`, '<>', `'${value}'`)} THEN '${name}'`

/** A transaction's number in full, from its last 32 bits: the one within half of their range of this transaction's. */
const fullNumber = (xid: string): string => {
  const own = 'pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text::pg_catalog.int8'
  const half = 2 ** 31
  const distance = op(op(`${xid}::pg_catalog.text::pg_catalog.int8`, '-', `(${own})`), '+', `${half}`)
  const near = op(op(`(${distance})`, '&', `${2 ** 32 - 1}`), '-', `${half}`)
  return `(${op(`(${own})`, '+', `(${near})`)})::pg_catalog.text::pg_catalog.xid8`
}

/** Whether a row that can be seen was written by this very transaction: any other that wrote one has ended. */
const isOwn = (xid: string): string =>
  `pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL
    AND ${op(`pg_catalog.pg_xact_status(${fullNumber(xid)})`, '=', `'in progress'`)}`

/**
 * A table or sequence that this transaction has made, with nothing behind it. What it has altered has rows of its own as
 * well, but for the one that ties a table to its row type: nothing changes that.
 */
const isMade = `${anyOf('c.relkind', `ARRAY['r', 'p', 'S']::pg_catalog."char"[]`)} AND NOT c.relispartition AND NOT c.relhasrules
  AND NOT c.relhassubclass AND ${isOwn('c.xmin')}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE ${op('i.inhrelid', '=', 'c.oid')})
  AND (${op('c.relkind', '=', `'S'`)} OR EXISTS (SELECT FROM pg_catalog.pg_depend d
    WHERE ${op('d.classid', '=', `'pg_catalog.pg_type'::pg_catalog.regclass`)} AND ${op('d.objid', '=', 'c.reltype')}
      AND ${op('d.refclassid', '=', `'pg_catalog.pg_class'::pg_catalog.regclass`)} AND ${op('d.refobjid', '=', 'c.oid')}
      AND ${isOwn('d.xmin')}))`

/** Each names the first that isn't as it was analysed. A name's bearers are looked for in all schemas, as analyses do. */
const checks: readonly string[] = [
  `SELECT c.relname FROM pg_catalog.pg_class c
    WHERE ${anyOf('c.relname', parameter('names', 'name'))} AND ${anyOf('c.relkind', kinds)}
      AND NOT ${anyOf(identityVersion('c'), expected)}
      AND NOT (${op('c.relpersistence', '=', `'t'`)} AND pg_catalog.pg_is_other_temp_schema(c.relnamespace))
      AND NOT (${anyOf('c.relname', parameter('own', 'name'))} AND ${isMade})
    LIMIT 1`,
  `SELECT c.relname FROM pg_catalog.pg_class c
    WHERE ${anyOf('c.oid', parameter('relations', 'oid'))} AND NOT ${anyOf(identityVersion('c'), expected)} LIMIT 1`,
  `SELECT c.relname FROM pg_catalog.pg_class c
    WHERE ${anyOf('c.oid', parameter('whole', 'oid'))} AND NOT ${anyOf(relationVersion('c'), expected)} LIMIT 1`,
]

/**
 * The one statement that testifies for all others. It returns no rows where what a decision rests on is as it was analysed;
 * otherwise it raises 22P02, with a text that no constant folding can know beforehand, and says what has changed.
 */
export const witnessText = `/* hoop witness */ SELECT
  (${op(`'hoop witness: '`, '||', 'w.changed')})::pg_catalog.int4
  FROM (SELECT CASE ${settings.map(setting).join(' ')}
    ELSE COALESCE(${checks.map((check) => `(${check})::pg_catalog.text`).join(', ')}) END AS changed OFFSET 0) w
  WHERE w.changed IS NOT NULL`
