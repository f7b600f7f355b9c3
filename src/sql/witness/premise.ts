import type { Catalog, Relation } from '../catalog/types.js'
import { bearers, relationsBehind } from './closure.js'
import type { Lookups } from './lookups.js'
import { vets, type Premise } from './parameters.js'

/** A flag that VACUUM or ANALYZE takes down once there is no reason for it any more: then it is as well. */
const withoutFlags = (identity: string): readonly string[] => {
  const [, start, rules, children, name] = /^(\S+ \S+ \S+) (\S+) (\S+) (.*)$/s.exec(identity) ?? []
  if (start === undefined) return [identity]
  const either = (flag: string | undefined): readonly string[] => (flag === 'true' ? ['true', 'false'] : ['false'])
  return either(rules).flatMap((rule) => either(children).map((child) => `${start} ${rule} ${child} ${name}`))
}

/** As it would say by the name that it may have been given. */
const identityAs = ({ identity, name }: Relation, given: string): string =>
  name === given ? identity : identity.slice(0, -name.length) + given

/** Whether nothing else is read, written or set off along with a relation. */
const standsAlone = (catalog: Catalog, relation: Relation): boolean =>
  relationsBehind(catalog, relation).length === 0 &&
  !'vm'.includes(relation.kind) &&
  !catalog.effects?.rules.has(relation.oid)

/** What has a higher number was made since: the server counts them up. */
const newest = new WeakMap<Catalog['relations'], string>()
const newestIn = ({ relations }: Catalog): string => {
  let most = newest.get(relations)
  if (most === undefined) {
    let highest = 0
    for (const oid of relations.keys()) if (oid > highest) highest = oid
    newest.set(relations, (most = String(highest)))
  }
  return most
}

/**
 * @param lookups what was looked up to analyse the statement, with what stands behind that (`close`)
 * @param positions whether the statement's meaning hangs on which columns its tables have: then a name that the catalog
 * knows may not stand for a table that the transaction itself has made, since that has others
 * @param runs whether anything runs that it names: what only defines may name a function of its own transaction
 * @param late names that have to mean what the catalog has by them, whatever the transaction has made
 * @param types columns that were asked for their type, with the type that was found
 * @returns undefined where it rests on nothing in the catalog
 */
export const premiseOf = (
  catalog: Catalog,
  lookups: Lookups,
  positions: boolean,
  runs: boolean,
  late: ReadonlySet<string> = new Set(),
  types: ReadonlyMap<string, string> = new Map(),
): Premise | undefined => {
  if (lookups.empty) return undefined
  const { rows, dependents } = catalog.effects ?? {}
  const expected = new Set<string>()
  const expect = (versions: readonly string[] | undefined): void => {
    for (const version of versions ?? []) expected.add(version)
  }
  const named = new Set<Relation>()
  const own: string[] = catalog.masked.size === 0 && !runs ? [vets] : []
  for (const name of lookups.names) {
    const found = bearers(catalog, name)
    if ((!positions || found.length === 0) && !late.has(name)) own.push(name)
    for (const relation of found) {
      named.add(relation)
      expect(withoutFlags(identityAs(relation, name)))
    }
  }
  const others = [...lookups.relations].flatMap((oid) => catalog.relations.get(oid) ?? [])
  for (const relation of others) expect(withoutFlags(relation.identity))
  const whole = [...new Set([...named, ...others])].filter((each) => positions || !standsAlone(catalog, each))
  expect(whole.map(({ version }) => version))
  for (const name of lookups.functions) expect(rows?.functions.get(name))
  for (const name of lookups.operators) expect(rows?.operators.get(name))
  for (const name of lookups.typeNames) expect(catalog.effects?.types.get(name))
  for (const name of lookups.indexes) expect(rows?.indexes.get(name))
  for (const oid of [...lookups.triggers, ...lookups.keys]) expect(rows?.triggers.get(oid))
  if (lookups.casts) expect(rows?.casts)
  expect([...types.values()])
  const texts = (oids: Iterable<number>): readonly string[] => [...oids].map(String)
  const read = new Set(lookups.readers)
  for (const oid of lookups.readers) for (const reader of dependents?.get(oid) ?? []) read.add(reader)
  return Object.freeze({
    expected: [...expected],
    names: [...lookups.names],
    own,
    newest: [newestIn(catalog)],
    written: [...lookups.written],
    functions: [...lookups.functions],
    operators: [...lookups.operators],
    casts: lookups.casts ? ['checked'] : [],
    relations: others.filter((relation) => !named.has(relation)).map(({ oid }) => String(oid)),
    whole: whole.map(({ oid }) => String(oid)),
    triggers: texts(lookups.triggers),
    keys: texts(lookups.keys),
    readers: texts(read),
    indexes: [...lookups.indexes],
    types: [...types.keys()],
    typeNames: [...lookups.typeNames],
  })
}
