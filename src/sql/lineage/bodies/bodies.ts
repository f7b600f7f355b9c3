import type { Catalog } from '../../catalog/types.js'
import type { StoredRoutine } from '../../effects/types.js'
import { parse } from '../../parser.js'
import { as } from '../../tree.js'
import { readBody, type BodyReading } from './body.js'

/** Of all functions by one name. */
type Reading = Pick<BodyReading, 'carries' | 'calls'>

const isUnread = (catalog: Catalog, { name, schema }: StoredRoutine): boolean =>
  catalog.routines.added.get(name)?.some((each) => !each.safe && each.schema === schema) ?? false

const assumed = (open: ReadonlyMap<string, unknown>): ReadonlyMap<string, boolean> =>
  new Map([...open.keys()].map((name) => [name, false]))

const read = (catalog: Catalog, { definition }: StoredRoutine): BodyReading | undefined => {
  const parsed = definition === undefined ? undefined : parse(definition)
  const created = parsed?.ok ? as(parsed.statements[0]?.node, 'CreateFunctionStmt') : undefined
  const reading = created && readBody(catalog, created, definition)
  return typeof reading === 'object' ? reading : undefined
}

/**
 * Functions and procedures in SQL and PL/pgSQL that have nothing to do with anything masked, with all that they call. To begin
 * with each is taken for one; those go that turn out not to be, until what is left rests on nothing else. So functions that
 * call themselves or each other are found as well.
 */
const findHarmless = (catalog: Catalog): ReadonlyMap<string, Reading> => {
  const open = new Map<string, readonly StoredRoutine[]>()
  for (const [name, routines] of catalog.effects?.routines ?? []) {
    const unread = routines.filter((routine) => isUnread(catalog, routine))
    if (unread.length > 0) open.set(name, unread)
  }
  const found = new Map<string, Reading>()
  const seen: Catalog = { ...catalog, routines: { ...catalog.routines, harmless: () => assumed(open) } }
  for (let before = -1; before !== open.size;) {
    before = open.size
    for (const [name, routines] of [...open]) {
      const readings = routines.map((routine) => read(seen, routine))
      if (readings.every((each) => each !== undefined))
        found.set(name, {
          carries: readings.some(({ carries }) => carries),
          calls: new Set(readings.flatMap(({ calls }) => [...calls])),
        })
      else open.delete(name)
    }
  }
  for (const name of [...found.keys()]) if (!open.has(name)) found.delete(name)
  return found
}

/** Adds to each what is carried by what it calls. */
const spread = (found: ReadonlyMap<string, Reading>): ReadonlyMap<string, boolean> => {
  const carries = new Map([...found].map(([name, reading]) => [name, reading.carries]))
  for (let changed = true; changed;) {
    changed = false
    for (const [name, { calls }] of found)
      if (!carries.get(name) && [...calls].some((called) => carries.get(called))) {
        carries.set(name, true)
        changed = true
      }
  }
  return carries
}

/** By name, whether they carry what they are given. Made when somebody asks: most statements call no such function. */
export const harmlessRoutines = (catalog: Catalog): (() => ReadonlyMap<string, boolean>) => {
  let known: ReadonlyMap<string, boolean> | undefined
  return () => (known ??= spread(findHarmless(catalog)))
}
