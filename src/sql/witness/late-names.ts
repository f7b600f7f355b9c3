import type { Catalog, Relation } from '../catalog/types.js'
import type { StoredRoutine } from '../effects/types.js'
import { type Refusal, unproven } from '../lineage/refusal.js'
import { labelOf } from '../resolve.js'
import { constant } from '../settings.js'
import { parse } from '../parser.js'
import { all, as, list } from '../tree.js'
import { bearers, lookupsOf } from './closure.js'
import type { Lookups } from './lookups.js'

/*
 * A trigger's function finds the tables that it names without a schema by the search path of whoever sets it off, temporary
 * ones first. Where it has to do with masked values, such a name may mean one table only: otherwise somebody could put
 * another one in its place, and read there what the trigger writes.
 */

/** `SET search_path` of the function that leaves temporary tables for last: then its names are its owner's affair. */
const settlesNames = ({ definition }: StoredRoutine): boolean => {
  const parsed = definition === undefined ? undefined : parse(definition)
  const created = parsed?.ok ? as(parsed.statements[0]?.node, 'CreateFunctionStmt') : undefined
  return all(created?.['options'], 'DefElem').some(({ arg }) => {
    const set = as(arg, 'VariableSetStmt')
    const path = list(set?.['args'])
    return set?.['name'] === 'search_path' && path.length > 1 && constant(path.at(-1)) === 'pg_temp'
  })
}

const settled = new WeakMap<StoredRoutine, boolean>()

const isSettled = (routine: StoredRoutine): boolean => {
  const known = settled.get(routine) ?? settlesNames(routine)
  settled.set(routine, known)
  return known
}

/** Names that a trigger's function, and what that calls, look up when they run. */
const lateIn = (catalog: Catalog, trigger: number): ReadonlySet<string> => {
  const { effects } = catalog
  const late = new Set<string>()
  const given = new Set(effects?.transitions.get(trigger))
  const seen = new Set<number>()
  const open = [trigger]
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    const routine = effects?.routineByOid.get(oid)
    if (seen.has(oid) || !routine || isSettled(routine)) continue
    seen.add(oid)
    const inside = lookupsOf(catalog, 'routine', oid)
    for (const name of inside.unqualified) if (!given.has(name)) late.add(name)
    for (const name of inside.functions) for (const called of effects?.routines.get(name) ?? []) open.push(called.oid)
  }
  return late
}

const isPermanent = (catalog: Catalog, { oid, schema }: Relation): boolean =>
  !schema.startsWith('pg_temp_') && !catalog.made.has(oid)

/** Whether anything that was looked up is masked, or shows something that is. */
const isMasked = (catalog: Catalog, lookups: Lookups): boolean => {
  const named = [...lookups.names].flatMap((name) => bearers(catalog, name))
  const others = [...lookups.relations, ...lookups.triggers].flatMap((oid) => catalog.relations.get(oid) ?? [])
  return [...named, ...others].some(
    ({ oid, masked, touchesMasked }) => masked || touchesMasked === true || catalog.keyQuestions?.has(oid) === true,
  )
}

interface SetOff {
  /** What is set off reads or writes something masked: errors of it may quote that. */
  readonly touchesMasked: boolean
  /** Names that have to mean what they mean in the catalog. */
  readonly late: ReadonlySet<string>
  /** Why the statement can't run: one of them may mean several tables, or one that isn't there. */
  readonly refusal?: Refusal
}

/**
 * Looks at the triggers that a statement sets off.
 * @param lookups of the statement, with what stands behind them (`close`)
 * @returns undefined where nothing that is set off has to do with something masked
 */
export const setOffBy = (catalog: Catalog, lookups: Lookups): SetOff | undefined => {
  if (catalog.masked.size === 0 || lookups.triggers.size === 0) return undefined
  const touchesMasked = isMasked(catalog, lookups)
  if (!touchesMasked) return undefined
  const late = new Map<string, number>()
  const deferred = new Set<string>()
  for (const table of lookups.triggers)
    for (const trigger of catalog.effects?.triggers.get(table) ?? [])
      for (const name of lateIn(catalog, trigger)) {
        late.set(name, table)
        if (catalog.effects?.deferrable.has(trigger)) deferred.add(name)
      }
  const names = new Set(late.keys())
  for (const [name, table] of late) {
    const found = bearers(catalog, name)
    // By the time that a deferred one fires, a name may mean another.
    const sure = found.length === 1 && !deferred.has(name)
    if (sure && found.every((relation) => isPermanent(catalog, relation))) continue
    const relation = catalog.relations.get(table)
    const why = `a trigger of ${relation ? labelOf(relation) : 'a table'} names ${name} without a schema, which may mean any table by that name`
    return { late: names, touchesMasked, refusal: unproven(name, why, 'late') }
  }
  return { late: names, touchesMasked }
}
