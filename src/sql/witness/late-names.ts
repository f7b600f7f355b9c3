import type { Catalog, Relation } from '../catalog/types.js'
import type { StoredRoutine } from '../effects/types.js'
import { type Refusal, unproven } from '../lineage/refusal.js'
import { labelOf } from '../resolve.js'
import { constant } from '../settings.js'
import { parse } from '../parser.js'
import { all, as, list } from '../tree.js'
import { bearers, lookupsOf } from './closure.js'
import { type LateBody, lateBody } from './late-body.js'
import type { Lookups } from './lookups.js'

/*
 * A trigger's function finds the tables, types and sequences that it names without a schema by the search path of whoever
 * sets it off, temporary ones first, even before those that came with the server. Where it has to do with masked values, such a name may mean one only: otherwise somebody could put
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

/** What a trigger's function, and what that calls, look up when they run. */
const lateIn = (catalog: Catalog, trigger: number): LateBody => {
  const { effects } = catalog
  const late = { relations: new Set<string>(), types: new Set<string>(), functions: new Set<string>(), unknown: false }
  const given = new Set(effects?.transitions.get(trigger))
  const seen = new Set<number>()
  const open = [trigger]
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    const routine = effects?.routineByOid.get(oid)
    if (seen.has(oid) || !routine || isSettled(routine)) continue
    seen.add(oid)
    const inside = lookupsOf(catalog, 'routine', oid)
    for (const name of inside.unqualified) if (!given.has(name)) late.relations.add(name)
    const body = lateBody(routine)
    for (const part of ['relations', 'types', 'functions'] as const) for (const name of body[part]) late[part].add(name)
    late.unknown ||= body.unknown
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

/** Why a name may mean something else than it does in the catalog. */
const doubt = (
  catalog: Catalog,
  late: LateBody,
  deferred: boolean,
): readonly [name: string, why: string] | undefined => {
  const { relations, types, functions, unknown } = late
  const schemas = (name: string) => new Set((catalog.effects?.routines.get(name) ?? []).map(({ schema }) => schema))
  for (const name of relations) {
    const found = bearers(catalog, name)
    // By the time that a deferred one fires, a name may mean another.
    const sure = found.length === 1 && !deferred
    if (!sure || !found.every((relation) => isPermanent(catalog, relation)))
      return [name, `names ${name} without a schema, which may mean any table by that name`]
  }
  for (const name of types) {
    const rows = bearers(catalog, name)
    const all = (catalog.effects?.types.get(name) ?? []).length + rows.length
    if (all > 1 || (all > 0 && deferred) || !rows.every((relation) => isPermanent(catalog, relation)))
      return [name, `names the type ${name} without a schema, which may mean any by that name`]
  }
  for (const name of functions)
    if (schemas(name).size > 1)
      return [name, `calls ${name} without a schema, which may mean any function by that name`]
  return unknown ? ['a sequence', 'puts the name of a sequence together'] : undefined
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
  const names = new Set<string>()
  for (const table of lookups.triggers)
    for (const trigger of catalog.effects?.triggers.get(table) ?? []) {
      const late = lateIn(catalog, trigger)
      for (const name of [...late.relations, ...late.types]) {
        names.add(name)
        lookups.unqualifiedName(name)
      }
      for (const name of late.types) lookups.typeNames.add(name)
      const found = doubt(catalog, late, catalog.effects?.deferrable.has(trigger) === true)
      if (!found) continue
      const [name, why] = found
      const relation = catalog.relations.get(table)
      const whose = relation ? labelOf(relation) : 'a table'
      return { late: names, touchesMasked, refusal: unproven(name, `a trigger of ${whose} ${why}`, 'late') }
    }
  return { late: names, touchesMasked }
}
