import { deniedFunction } from './denied.js'
import { pureExtensions } from './pure-extensions.js'
import type { Snapshot } from './queries.js'
import type { AddedRoutine, Routines } from './types.js'

const isPure = (extension: string | null): boolean => extension !== null && pureExtensions.has(extension)

/** A routine whose definition may still be read. */
export type DraftRoutine = { -readonly [Key in keyof AddedRoutine]: AddedRoutine[Key] } & { definition?: string }

export type DraftRoutines = Omit<Routines, 'added'> & {
  readonly added: ReadonlyMap<string, readonly DraftRoutine[]>
}

/** @param pure functions that the policy declares to compute from their arguments alone, `schema.name` */
export const readRoutines = (snapshot: Snapshot, pure: ReadonlySet<string>): DraftRoutines => {
  const added = new Map<string, DraftRoutine[]>()
  for (const [name, schema, , extension, , , definition] of snapshot.added) {
    const safe = isPure(extension) || pure.has(`${schema}.${name}`)
    const routine: DraftRoutine = { schema, safe, reads: [] }
    if (!safe && definition !== null) routine.definition = definition
    const known = added.get(name)
    if (known) known.push(routine)
    else added.set(name, [routine])
  }
  const names = (which: (row: Snapshot['builtin'][number]) => boolean): ReadonlySet<string> =>
    new Set(snapshot.builtin.filter(which).map(([name]) => name))
  return {
    builtin: names(() => true),
    volatile: names(([, volatile]) => volatile),
    scalar: names(([, , scalar]) => scalar),
    sets: new Set([
      ...names(([, , , sets]) => sets),
      ...snapshot.added.flatMap(([name, , , , sets]) => (sets ? [name] : [])),
    ]),
    added,
    opaqueOperators: new Set(
      snapshot.operators.flatMap(([operator, , , oid, extension]) =>
        isPure(extension) || oid < 16384 ? [] : [operator],
      ),
    ),
    opaqueTypes: new Set(snapshot.casts.flat()),
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
  if (builtin && deniedFunction(name)) return 'the function can read tables or files in ways that can’t be followed'
  if (!builtin && candidates.length === 0) return 'there is no such function in the catalog'
  return undefined
}

const isSystem = (schema: string): boolean => schema === 'pg_catalog' || schema === 'information_schema'
