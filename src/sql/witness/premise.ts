import type { Catalog, Relation } from '../catalog/types.js'
import type { Lookups } from './lookups.js'

/**
 * What a decision on a statement rests on, in the form of the witness's parameters, by their names. Sets in any order;
 * those of several premises make one.
 */
export type Premise = { readonly [Name in Parameter]: readonly string[] }

/** The witness's parameters, in order; each is an array. */
export const parameters = ['expected', 'names', 'own', 'relations', 'whole'] as const
export type Parameter = (typeof parameters)[number]

/** A flag that VACUUM or ANALYZE takes down once there is no reason for it any more: then it is as well. */
const withoutFlags = (identity: string): readonly string[] => {
  const flags = /^(\d+ \d+ . .) (.) (.) (.*)$/s.exec(identity)
  if (!flags) return [identity]
  const [, start, rules, children, name] = flags
  const either = (flag: string | undefined): readonly string[] => (flag === 't' ? ['t', 'f'] : ['f'])
  return either(rules).flatMap((rule) => either(children).map((child) => `${start} ${rule} ${child} ${name}`))
}

/** Relations that a name may mean: those that have it, and those that a transaction which isn't over may have given it. */
const bearers = (catalog: Catalog, name: string): readonly (readonly [Relation, identity: string])[] => [
  ...(catalog.named.get(name) ?? []).map((relation) => [relation, relation.identity] as const),
  ...[...(catalog.renamed?.get(name) ?? [])].flatMap((oid) => {
    const relation = catalog.relations.get(oid)
    return relation ? [[relation, relation.identity.slice(0, -relation.name.length) + name] as const] : []
  }),
]

/** Relations that one leads to: what a view reads, what a table is a part of, and its own parts. */
const behind = (catalog: Catalog, relation: Relation): readonly Relation[] => [
  ...relation.bases,
  ...relation.ancestors,
  ...(catalog.effects?.below.get(relation.oid) ?? []).flatMap((oid) => catalog.relations.get(oid) ?? []),
]

/** Whether nothing else is read, written or set off along with a relation. */
const standsAlone = (catalog: Catalog, relation: Relation): boolean =>
  behind(catalog, relation).length === 0 && !'vm'.includes(relation.kind) && !catalog.effects?.rules.has(relation.oid)

/**
 * @param positions whether the statement's meaning hangs on which columns its tables have: then a name that the catalog
 * knows may not stand for a table that the transaction itself has made, since that has others
 * @returns undefined where nothing was looked up
 */
export const premiseOf = (catalog: Catalog, lookups: Lookups, positions: boolean): Premise | undefined => {
  const expected = new Set<string>()
  const named = new Set<Relation>()
  const own: string[] = []
  for (const name of lookups.names) {
    const found = bearers(catalog, name)
    if (!positions || found.length === 0) own.push(name)
    for (const [relation, identity] of found) {
      named.add(relation)
      for (const each of withoutFlags(identity)) expected.add(each)
    }
  }
  const others = new Set([...lookups.relations].flatMap((oid) => catalog.relations.get(oid) ?? []))
  for (const relation of [...named, ...others]) for (const each of behind(catalog, relation)) others.add(each)
  for (const relation of others) for (const each of behind(catalog, relation)) others.add(each)
  for (const relation of others) for (const each of withoutFlags(relation.identity)) expected.add(each)
  const whole = [...new Set([...named, ...others])].filter((relation) => positions || !standsAlone(catalog, relation))
  for (const { version } of whole) expected.add(version)
  const relations = [...others].filter((relation) => !named.has(relation))
  if (lookups.names.size === 0 && relations.length === 0) return undefined
  return Object.freeze({
    ...{ expected: [...expected], names: [...lookups.names], own },
    relations: relations.map(({ oid }) => String(oid)),
    whole: whole.map(({ oid }) => String(oid)),
  })
}

/** An array of texts, as PostgreSQL reads it. */
const array = (texts: Iterable<string>): string =>
  `{${[...texts].map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`

const written = (premises: readonly Premise[]): readonly Buffer[] =>
  parameters.map((name) => Buffer.from(array(new Set(premises.flatMap((premise) => premise[name])))))

const known = new WeakMap<Premise, readonly Buffer[]>()

/** The witness's parameters for all of these premises, in text format. @returns undefined where there are none */
export const witnessParameters = (premises: readonly Premise[]): readonly Buffer[] | undefined => {
  const [only, another] = premises
  if (!only) return undefined
  if (another) return written(premises)
  const found = known.get(only) ?? written(premises)
  known.set(only, found)
  return found
}
