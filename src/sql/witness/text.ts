import { anyOf, identity, isAdded, isOwnType, op } from '../catalog/read/row-versions.js'
import { functionVersion, indexVersion, rowVersion, triggerVersion, typeVersion } from '../catalog/read/row-versions.js'
import { columnTypeVersion, isColumn } from '../catalog/column-type.js'
import { kinds as relationKinds, relationVersion } from '../catalog/read/versions.js'
import { isOld, isOwn, seesOld } from './transactions.js'
import { parameters, type Parameter, plainParameters, vets } from './parameters.js'
import { recalling, snapshot } from './snapshot.js'

/**
 * A parameter as a set of rows. The subselect hides its length from the planner: otherwise a plan for these very values
 * would seem cheaper than one for all, and the server would plan anew each time, at twenty times the cost.
 */
const each = (name: Parameter, type: string, alias: string): string =>
  `pg_catalog.unnest((SELECT ${parameter(name, type)})) ${alias}(key)`

const parameter = (name: Parameter, type: string): string => `$${parameters.indexOf(name) + 1}::pg_catalog.${type}[]`

const isExpected = (version: string): string => anyOf(version, parameter('expected', 'text'))

const current = (name: string): string => `pg_catalog.current_setting('${name}')`

/** Settings by which the analysis read the statement: how each is read, and what it has to be. */
const settings = [
  ['standard_conforming_strings', current('standard_conforming_strings'), 'on'],
  ['session_replication_role', current('session_replication_role'), 'origin'],
  // Under whatever spelling it was set: the setting keeps that.
  ['client_encoding', 'pg_catalog.pg_client_encoding()::pg_catalog.text', 'UTF8'],
] as const

/** What a transaction sees of the catalog: where that is old, somebody else has to look as well. */
const isolation = ['transaction_isolation', `CASE WHEN ${seesOld} THEN 'old' ELSE 'new' END`, 'new'] as const

/** How a key is called in the message. */
const labels = { name: 'k.key', text: 'k.key', oid: 'k.key::pg_catalog.regclass::pg_catalog.text' } as const

/** What the witness looks at: each is for changes that no other part of it notices. */
export type WitnessPart =
  | (typeof settings)[number][0]
  | (typeof isolation)[0]
  | ('names' | 'functions' | 'operators' | 'casts' | 'names that are new' | 'triggers')
  | ('relations' | 'whole' | 'columns that are old' | 'rules that are old' | 'keys' | 'readers' | 'indexes' | 'types')
  | 'typeNames'

/** Runs only when it has to. */
interface Check {
  readonly part: WitnessPart
  readonly when: string
  /** Yields what has changed, where something has. */
  readonly find: string
}

/** In a subselect for the same reason as in `each`. */
const given = (name: Parameter, type: string): string =>
  op(`pg_catalog.cardinality((SELECT ${parameter(name, type)}))`, '>', '0')

/**
 * The first key for which a row of the catalog isn't as it was analysed. The inner query is a scalar one so that no planner
 * makes a join of it: it goes by the catalog's index, whose name or OID it has.
 */
const first = (
  name: Parameter & WitnessPart,
  type: keyof typeof labels,
  row: string,
  found: string,
  otherwise: string,
  part: WitnessPart = name,
): Check => ({
  part,
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

/**
 * A function or trigger that this transaction has made itself, for a statement that only defines (`vets`): rules were asked
 * about all that is in its body when it was made. Who calls it is asked again, so there it has to be in the catalog first.
 */
const isVetted = (row: string): string =>
  `${anyOf(`'${vets}'`, parameter('own', 'name'))} AND ${op(`${row}.oid`, '>', `ALL (${parameter('newest', 'oid')})`)}
    AND ${isOwn(`${row}.xmin`)}`

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
    `${op('c.relname', '=', 'k.key')} AND ${anyOf('c.relkind', relationKinds)}`,
    `(${changed('c', identity('c'))}) AND NOT (${isAnothersTemporary})
      AND NOT (${anyOf('k.key', parameter('own', 'name'))} AND ${isMade})`,
  ),
  first(
    'functions',
    'name',
    'pg_catalog.pg_proc p',
    `${op('p.proname', '=', 'k.key')} AND ${isAdded('p')}`,
    `(${changed('p', functionVersion('p'))}) AND NOT (${isVetted('p')})`,
  ),
  first(
    'operators',
    'name',
    'pg_catalog.pg_operator o',
    `${op('o.oprname', '=', 'k.key')} AND ${isAdded('o')}`,
    changed('o', rowVersion('o')),
  ),
  {
    part: 'casts',
    when: given('casts', 'text'),
    find: `SELECT 'a cast' FROM pg_catalog.pg_cast k
      WHERE ${isAdded('k')} AND (${changed('k', rowVersion('k'))}) LIMIT 1`,
  },
  // Of what was made since, an old state of the catalog shows nothing: but the server says what a name means now.
  {
    part: 'names that are new',
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
    `(${changed('t', triggerVersion('t'))}) AND NOT (NOT t.tgisinternal AND ${isVetted('t')})`,
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
    'columns that are old',
  ),
  first(
    'whole',
    'oid',
    'pg_catalog.pg_rewrite r',
    op('r.ev_class', '=', 'k.key'),
    `${seesOld} AND ${isOld('r.xmax')}`,
    'rules that are old',
  ),
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
  first(
    'types',
    'text',
    'pg_catalog.pg_attribute a',
    isColumn('a', 'k.key'),
    changed('a', columnTypeVersion('a', 'k.key')),
  ),
  first(
    'typeNames',
    'name',
    'pg_catalog.pg_type t',
    `${op('t.typname', '=', 'k.key')} AND ${isAdded('t')} AND ${isOwnType('t')}`,
    `(${changed('t', typeVersion('t'))}) AND NOT pg_catalog.pg_is_other_temp_schema(t.typnamespace)`,
  ),
]

/** For premises of no more than the first parameters: of each check, the server sets up the plan whether it comes to it or not. */
const kinds = {
  plain: { asked: [...settings, isolation], looked: checks },
  whole: { asked: [...settings, isolation], looked: [...checks, ...furtherChecks] },
  old: { asked: settings, looked: [...checks, ...furtherChecks] },
} as const

const direct = (kind: keyof typeof kinds, without: WitnessPart | undefined, raises = true): string => {
  const unless = (part: WitnessPart, condition: string): string =>
    part === without ? `(${condition}) AND false` : condition
  const { asked, looked } = kinds[kind]
  const cases = asked.map(
    ([name, value, expected]) => `WHEN ${unless(name, op(value, '<>', `'${expected}'`))} THEN '${name}'`,
  )
  const found = looked.map(
    ({ part, when, find }) => `(CASE WHEN ${unless(part, when)} THEN (${find})::pg_catalog.text END)`,
  )
  const word = raises
    ? `CASE WHEN w.changed IS NULL THEN ${snapshot}
    ELSE (${op(`'hoop witness: '`, '||', 'w.changed')})::pg_catalog.int4::pg_catalog.text END`
    : `COALESCE(w.changed, '')`
  return `/* hoop witness */ SELECT ${word}
  FROM (SELECT CASE ${cases.join(' ')} ELSE COALESCE(${found.join(', ')}) END AS changed OFFSET 0) w`
}

const areSet = [...settings, isolation].map(([, value, expected]) => op(value, '=', `'${expected}'`)).join(' AND ')

/**
 * The forms of it: `plain` where `isPlain` says so; `old` for a transaction that sees an old state; those that recall are for
 * what has passed before in the session; `asking` raises nothing and returns what has changed, empty where nothing has.
 */
const forms = {
  plain: (without) => direct('plain', without),
  whole: (without) => direct('whole', without),
  old: (without) => direct('old', without),
  plainRecalling: (without) => recalling(direct('plain', without), plainParameters, areSet),
  asking: (without) => direct('whole', without, false),
  wholeRecalling: (without) => recalling(direct('whole', without), parameters.length, areSet),
} satisfies Readonly<Record<string, (without: WitnessPart | undefined) => string>>

export type WitnessForm = keyof typeof forms
export const witnessForms = Object.keys(forms) as readonly WitnessForm[]

/**
 * The one statement that testifies for all others. Where what a decision rests on is as it was analysed, it returns one row
 * with the `snapshot`; otherwise it raises 22P02, with a text that no constant folding can know beforehand, and says what has
 * changed.
 * @param without a part that is left out, by which tests prove that it is needed
 */
export const writeWitness = (form: WitnessForm, without?: WitnessPart): string => forms[form](without)
