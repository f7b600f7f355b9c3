import { mapped, type Steps, stepwise } from '../steps.js'
import { deniedFunction, usesLargeObjects } from './denied.js'
import type { Marks, Snapshot } from './read/queries.js'
import type { AddedRoutine, Routines } from './types.js'

/**
 * Extensions whose functions, operators and casts compute from their arguments alone: they run no SQL, read no table and
 * no file. Not here on purpose: tablefunc, dblink, postgres_fdw, pageinspect, xml2, plpython and the like.
 */
export const pureExtensions: ReadonlySet<string> = new Set([
  ...['vector', 'pg_trgm', 'citext', 'unaccent', 'uuid-ossp', 'pgcrypto', 'hstore', 'ltree', 'intarray', 'cube'],
  ...['btree_gin', 'btree_gist', 'fuzzystrmatch', 'earthdistance', 'isn', 'seg', 'plpgsql'],
  // Shows texts of statements, in which PostgreSQL has replaced the constants.
  'pg_stat_statements',
])

const inC: ReadonlySet<string> = new Set(['c', 'internal'])

/**
 * Whether a function does nothing but compute. Of extensions that were looked through, each does, but for what it says of
 * itself otherwise; of others those in C that are immutable, and that a parallel worker may run: what keeps state in a
 * session must not be run in another process.
 */
const isPure = ([language, volatility, parallel, extension]: Marks): boolean =>
  extension !== null && (pureExtensions.has(extension) || (inC.has(language) && volatility === 'i' && parallel === 's'))

/** Whether it may keep what it is given: as a setting of the session for example, where another function finds it. */
const keeps = ([, volatility, parallel]: Marks): boolean => volatility === 'v' || parallel !== 's'

/** Whether what somebody made over a function does nothing but compute: also of the server's own not each does. */
const onlyComputes = (oid: number, marks: Marks, name: string): boolean =>
  !keeps(marks) && (oid < 16384 ? !deniedFunction(name) && !usesLargeObjects(name) : isPure(marks))

/** A routine whose definition may still be read. */
export type DraftRoutine = { -readonly [Key in keyof AddedRoutine]: AddedRoutine[Key] } & { definition?: string }

export type DraftRoutines = Omit<Routines, 'added'> & {
  readonly added: ReadonlyMap<string, readonly DraftRoutine[]>
}

/** Kinds of types (`typtype`) whose values are no rows: base, range, multirange. */
const castable: ReadonlySet<string> = new Set(['b', 'r', 'm'])

function* castTypesOf({ types }: Snapshot, builtin: ReadonlySet<string>): Steps<ReadonlySet<string>> {
  const added = new Set(yield* mapped(types, ([oid, name]) => (oid < 16384 ? [] : [name])))
  return new Set(
    yield* mapped(types, ([oid, name, type]) =>
      oid < 16384 && castable.has(type) && !builtin.has(name) && !added.has(name) ? [name] : [],
    ),
  )
}

/** @param pure functions that the policy declares to compute from their arguments alone, `schema.name` */
export function* readRoutines(snapshot: Snapshot, pure: ReadonlySet<string>): Steps<DraftRoutines> {
  const added = new Map<string, DraftRoutine[]>()
  yield* stepwise(snapshot.added, ([name, schema, marks, , , definition]) => {
    const safe = isPure(marks) || pure.has(`${schema}.${name}`)
    const routine: DraftRoutine = { schema, safe, reads: [] }
    if (!safe && definition !== null) routine.definition = definition
    const known = added.get(name)
    if (known) known.push(routine)
    else added.set(name, [routine])
  })
  const names = (which: (row: Snapshot['builtin'][number]) => boolean): ReadonlySet<string> =>
    new Set(snapshot.builtin.filter(which).map(([name]) => name))
  const builtin = names(() => true)
  /** Names of which an added function isn't immutable. */
  const changing = new Set(snapshot.added.flatMap(([name, , [, volatility]]) => (volatility === 'i' ? [] : [name])))
  return {
    builtin,
    volatile: new Set([
      ...names(([, volatile]) => volatile),
      ...snapshot.added.flatMap(([name, , marks]) => (isPure(marks) && keeps(marks) ? [name] : [])),
    ]),
    immutable: new Set(
      [
        ...names(([, , , , immutable]) => immutable),
        ...snapshot.added.flatMap(([name]) => (builtin.has(name) ? [] : [name])),
      ].filter((name) => !changing.has(name)),
    ),
    castTypes: yield* castTypesOf(snapshot, builtin),
    aggregates: names(([, , , , , aggregate]) => aggregate),
    scalar: names(([, , scalar]) => scalar),
    sets: new Set([
      ...names(([, , , sets]) => sets),
      ...snapshot.added.flatMap(([name, , , sets]) => (sets ? [name] : [])),
    ]),
    added,
    opaqueOperators: new Set(
      snapshot.operators.flatMap(([operator, oid, marks, name]) => (onlyComputes(oid, marks, name) ? [] : [operator])),
    ),
    opaqueTypes: new Set(
      snapshot.casts.flatMap(([source, target, marks, oid, name]) =>
        onlyComputes(oid, marks, name) ? [] : [source, target],
      ),
    ),
  }
}

/**
 * Why a function of that name can't be trusted with masks in force, in any schema that the name may lead to.
 * @param schema where the call is qualified
 */
export const opaqueFunction = (routines: Routines, schema: string | undefined, name: string): string | undefined => {
  const candidates = routines.added.get(name)?.filter((each) => schema === undefined || each.schema === schema) ?? []
  if (candidates.some((each) => !each.safe)) return 'what the function does is not known'
  const builtin = routines.builtin.has(name) && (schema === undefined || isSystem(schema))
  if (builtin && (deniedFunction(name) || usesLargeObjects(name)))
    return 'the function can read tables or files in ways that can’t be followed'
  if (!builtin && candidates.length === 0) return 'there is no such function in the catalog'
  return undefined
}

const isSystem = (schema: string): boolean => schema === 'pg_catalog' || schema === 'information_schema'
