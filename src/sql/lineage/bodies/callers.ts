import type { Catalog } from '../../catalog/types.js'
import { mentions } from '../../catalog/mentions.js'
import { bearers, lookupsOf } from '../../witness/closure.js'

/** Names of functions that are bound to masked tables, and of those that anything stored calls which names such a table. */
const find = (catalog: Catalog): ReadonlySet<string> => {
  const { effects, relations } = catalog
  const names = new Set<string>()
  const hides = (oid: number): boolean => {
    const relation = relations.get(oid)
    return (
      relation !== undefined && (relation.masked || relation.opaque !== undefined || relation.touchesMasked === true)
    )
  }
  const open: number[] = []
  for (const [table, functions] of effects?.triggers ?? []) if (hides(table)) open.push(...functions)
  for (const { oid } of effects?.routineByOid.values() ?? []) {
    const inside = lookupsOf(catalog, 'routine', oid)
    const named = [...inside.names].flatMap((name) => bearers(catalog, name).map((each) => each.oid))
    if ([...named, ...inside.relations].some(hides)) open.push(oid)
  }
  const seen = new Set<number>()
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (seen.has(oid)) continue
    seen.add(oid)
    const routine = effects?.routineByOid.get(oid)
    if (routine) names.add(routine.name)
    for (const name of lookupsOf(catalog, 'routine', oid).functions) {
      names.add(name)
      for (const called of effects?.routines.get(name) ?? []) open.push(called.oid)
    }
  }
  for (const [oid, definition] of effects?.views ?? [])
    if (hides(oid)) for (const [, name] of mentions(definition)?.functions ?? []) names.add(name)
  return names
}

/** Made when somebody asks: that is who makes a function. */
export const calledNearMasked = (catalog: Catalog): (() => ReadonlySet<string>) => {
  let known: ReadonlySet<string> | undefined
  return () => (known ??= find(catalog))
}
