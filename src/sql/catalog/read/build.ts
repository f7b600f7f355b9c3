import { type Steps, stepwise } from '../../steps.js'
import { keyQuestionsOf } from '../../effects/key-questions.js'
import { knownIn, type FollowedNames } from '../known.js'
import type { KnownName } from '../types.js'
import { columnKey, maskedIn } from '../masked.js'
import { opaqueRelations } from '../opaque.js'
import type { Reading } from './reading.js'
import { columnsOf, SnapshotRelation } from '../relation.js'
import { readRoutines } from '../routines.js'
import { settle } from '../settle.js'
import type { Catalog } from '../types.js'

/** What of a policy decides what a database's catalog is under it. */
export interface CatalogNeeds {
  /** Masked columns, `schema.table.column` as spelled in the catalog. */
  readonly masked: readonly string[]
  /** Functions that the policy declares to compute from their arguments alone, `schema.name`. */
  readonly pure?: readonly string[]
  /** What its rules name. */
  readonly rules?: FollowedNames
  /** What its names meant in earlier snapshots. */
  readonly remembered?: readonly KnownName[]
}

/** By `oid.attnum`: what a policy knows it by, where that is no longer its name. */
const formerNames = (known: readonly KnownName[]): ReadonlyMap<string, readonly string[]> => {
  const former = new Map<string, readonly string[]>()
  for (const { relation, attribute, entry, name } of known) {
    const key = columnKey(relation, attribute)
    if (entry !== name) former.set(key, [...(former.get(key) ?? []), entry])
  }
  return former
}

interface Origin {
  readonly reading: Reading
  readonly needs: CatalogNeeds
}

/** By what all forms of one catalog share, whatever names are added to it. */
const origins = new WeakMap<Catalog['relations'], Origin>()

/** What a catalog was made of. @throws {Error} where `build` has not made it */
export const originOf = ({ relations }: Catalog): Origin => {
  const origin = origins.get(relations)
  if (!origin) throw new Error('a catalog that no reading was made into')
  return origin
}

/** What a database is under one policy, in steps; nobody has any of it before the last one. */
export function* build(reading: Reading, needs: CatalogNeeds): Steps<Catalog> {
  const { masked: entries, pure = [], rules = { columns: [], relations: [] }, remembered = [] } = needs
  const followed = { columns: [...new Set([...entries, ...rules.columns])], relations: rules.relations }
  const known = yield* knownIn(reading, followed, remembered)
  const former = formerNames(known)
  const { masked, unknown, types } = yield* maskedIn(reading, entries, known)
  const hiding = new Set([...masked.keys()].map((key) => Number(key.slice(0, key.indexOf('.')))))
  const routines = yield* readRoutines(reading.snapshot, new Set(pure))
  const opaque = yield* opaqueRelations(reading, routines, hiding)

  const relations = new Map<number, SnapshotRelation>()
  const named = new Map<string, SnapshotRelation[]>()
  yield* stepwise(reading.rows, ([oid, row]) => {
    const columns = () => columnsOf(reading, oid, masked, former)
    const relation = new SnapshotRelation(reading, row, {
      ...{ masked: hiding.has(oid), opaque: opaque.get(oid), columns },
      formerly: former.get(columnKey(oid, 0)),
    })
    relations.set(oid, relation)
    const known = named.get(relation.name)
    if (known) known.push(relation)
    else named.set(relation.name, [relation])
  })
  const found = (oids: readonly number[]) => oids.flatMap((oid) => relations.get(oid) ?? [])
  yield* stepwise(reading.bases, ([oid, bases]) => {
    if (relations.has(oid)) relations.get(oid)!.bases = found(bases)
  })
  yield* stepwise(reading.ancestors, ([oid, above]) => {
    if (relations.has(oid)) relations.get(oid)!.ancestors = found(above)
  })
  const { effects, versions, types: all } = reading
  const catalog = {
    relations,
    named,
    routines,
    masked,
    unknown,
    types,
    addedTypes: all.added,
    effects,
    versions,
    known,
    made: reading.made,
  }
  origins.set(relations, { reading, needs })
  if (masked.size === 0) return catalog
  yield* settle(catalog, reading)
  return { ...catalog, keyQuestions: yield* keyQuestionsOf(relations, effects.foreignKeys) }
}
