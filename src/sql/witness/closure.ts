import type { Catalog, Relation } from '../catalog/types.js'
import type { Lead } from '../effects/types.js'
import { unitOf } from '../effects/follow.js'
import { readRoutine } from '../lineage/routine.js'
import { readView } from '../lineage/view.js'
import { Lookups } from './lookups.js'

type Stored = Lead['kind']

/** What was looked up for stored objects, per snapshot: each is read once. */
const known = new WeakMap<Catalog, Map<string, Lookups>>()

/** The same readings as are made of them for rules and for masks. */
const read = (catalog: Catalog, kind: Stored, oid: number): Lookups => {
  const lookups = new Lookups()
  const through = lookups.through(catalog)
  const lead: Lead =
    kind === 'routine' ? { kind, oid, trigger: false } : kind === 'view' ? { kind, oid, limit: 'all' } : { kind, oid }
  unitOf(through, lead)
  if (catalog.masked.size === 0) return lookups
  const view = kind === 'view' ? catalog.effects?.views.get(oid) : undefined
  if (view !== undefined) readView(through, view, catalog.relations.get(oid)?.columns.length ?? 0)
  const routine = kind === 'routine' ? catalog.effects?.routineByOid.get(oid)?.definition : undefined
  if (routine !== undefined) readRoutine(through, routine, 'p')
  return lookups
}

/** What was looked up to read something stored by itself. */
export const lookupsOf = (catalog: Catalog, kind: Stored, oid: number): Lookups => {
  const units = known.get(catalog) ?? new Map<string, Lookups>()
  known.set(catalog, units)
  const key = `${kind} ${oid}`
  const found = units.get(key) ?? read(catalog, kind, oid)
  units.set(key, found)
  return found
}

/** Relations that one leads to: what a view reads, what a table is a part of, and its own parts. */
export const relationsBehind = (catalog: Catalog, relation: Relation): readonly Relation[] => [
  ...relation.bases,
  ...relation.ancestors,
  ...(catalog.effects?.below.get(relation.oid) ?? []).flatMap((oid) => catalog.relations.get(oid) ?? []),
]

/** Relations that a name may mean: those that have it, and those that a transaction which isn't over may have given it. */
export const bearers = (catalog: Catalog, name: string): readonly Relation[] => [
  ...(catalog.named.get(name) ?? []),
  ...[...(catalog.renamed?.get(name) ?? [])].flatMap((oid) => catalog.relations.get(oid) ?? []),
]

/**
 * Adds to what was looked up all that stands behind it in the database: relations behind relations, and what is stored in
 * views, rules, functions and triggers.
 */
export const close = (catalog: Catalog, lookups: Lookups): void => {
  const { effects } = catalog
  const behind = effects?.behind
  const opened = new Set<string>()
  const open = (kind: Stored, oid: number): void => {
    const key = `${kind} ${oid}`
    if (opened.has(key)) return
    opened.add(key)
    const inside = lookupsOf(catalog, kind, oid)
    for (const set of ['relations', 'triggers', 'keys', 'readers', 'operators', 'indexes'] as const)
      for (const each of inside[set] as Set<never>) (lookups[set] as Set<never>).add(each)
    lookups.casts ||= inside.casts
    lookups.everything ||= inside.everything
    // A view's or rule's names were settled when it was made; of functions only those count that can be replaced.
    const late = kind === 'routine'
    if (late) for (const name of inside.names) lookups.names.add(name)
    for (const name of inside.functions) if (late || catalog.routines.added.has(name)) lookups.functions.add(name)
  }
  const visit = (relation: Relation): void => {
    if (effects?.views.has(relation.oid)) open('view', relation.oid)
    if (effects?.rules.has(relation.oid)) open('rule', relation.oid)
    for (const each of relationsBehind(catalog, relation)) lookups.relations.add(each.oid)
  }
  // Sets grow while they are gone through; `again` is for those that were through before others grew.
  for (let size = -1, again = 0; size !== again;) {
    size = again
    for (const name of lookups.names) for (const each of bearers(catalog, name)) visit(each)
    for (const oid of lookups.relations) {
      const relation = catalog.relations.get(oid)
      if (relation) visit(relation)
    }
    for (const oid of lookups.triggers)
      for (const routine of effects?.triggers.get(oid) ?? []) {
        const name = effects?.routineByOid.get(routine)?.name
        if (name !== undefined) lookups.functions.add(name)
        open('routine', routine)
      }
    for (const operator of lookups.operators)
      for (const [, name] of behind?.operators.get(operator) ?? []) lookups.functions.add(name)
    if (lookups.casts)
      for (const casts of behind?.casts.values() ?? []) for (const [, name] of casts) lookups.functions.add(name)
    for (const name of lookups.functions) {
      for (const [, called] of behind?.aggregates.get(name) ?? []) lookups.functions.add(called)
      for (const { oid } of effects?.routines.get(name) ?? []) open('routine', oid)
    }
    again = lookups.names.size + lookups.relations.size + lookups.functions.size + lookups.operators.size
    again += lookups.triggers.size + opened.size
  }
}
