import type { Catalog } from '../../catalog/types.js'
import { all, as, isFields, list, walk, words, type Fields } from '../../tree.js'
import { hasSideEffects } from '../side-effects.js'
import { opaqueFunction } from '../../catalog/routines.js'
import { readBody } from './body.js'
import { isHarmless } from './calling.js'
import { leavesTemporaryLast } from './late.js'

/** Why a name may not be given to something new: others' statements, or what is stored, would come to mean it. */
const nameTaken = (catalog: Catalog, names: readonly string[]): string | undefined => {
  const [schema, name] = [names.at(-2), names.at(-1) ?? '']
  const { routines } = catalog
  if (schema === 'pg_catalog') return 'pg_catalog is the server’s own'
  if (routines.builtin.has(name)) return `a function that came with the server is called ${name} as well`
  if (routines.added.get(name)?.some(({ brought }) => brought))
    return `a function of an extension is called ${name} as well`
  if (routines.nearMasked().has(name)) return `something that has to do with masked columns calls ${name}`
  return undefined
}

const optionIs = (created: Fields, option: string, value: string): boolean =>
  all(created['options'], 'DefElem').some(
    ({ defname, arg }) => defname === option && words([arg]).at(-1)?.toLowerCase() === value,
  )

/** The server may compute it once, and what is compared with it counts as a constant: it has to be one. */
const falselyImmutable = ({ routines }: Catalog, created: Fields, calls: ReadonlySet<string>): boolean => {
  if (!optionIs(created, 'volatility', 'immutable')) return false
  let changing = [...calls].some((name) => {
    const known = routines.builtin.has(name) || routines.added.has(name)
    return known && !routines.immutable.has(name)
  })
  walk(created['sql_body'], (fields) => void (changing ||= fields['SQLValueFunction'] !== undefined))
  return changing
}

const isTrigger = (created: Fields): boolean =>
  isFields(created['returnType']) && words(created['returnType']['names']).at(-1) === 'trigger'

/** Whether whoever calls it can give it anything. */
const takes = (created: Fields): boolean =>
  all(created['parameters'], 'FunctionParameter').some(
    ({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE',
  )

/**
 * Why a function or procedure may not be made. What it does has to be plain from its text, and have to do with nothing masked.
 * Since others may call it, with values that are masked for whoever makes it, it may keep none that it is given.
 */
export const refusedFunction = (catalog: Catalog, created: Fields): string | undefined => {
  const names = words(created['funcname'])
  const taken = nameTaken(catalog, names)
  if (taken !== undefined) return taken
  const reading = readBody(catalog, created, undefined, names.at(-1))
  if (typeof reading === 'string') return reading
  const harmless = catalog.routines.harmless()
  const carries = reading.carries || [...reading.calls].some((name) => harmless.get(name))
  if (carries && takes(created)) return 'it could keep what it is given, and others may call it with masked values'
  if (carries && reading.late !== undefined && !leavesTemporaryLast(created))
    return `it names ${reading.late} without a schema, or it isn’t there: whoever sets it off may have another one`
  if (carries && !isTrigger(created) && catalog.routines.added.has(names.at(-1) ?? ''))
    return 'it takes the place of another, and could keep what that is given'
  if (falselyImmutable(catalog, created, reading.calls)) return 'it is no IMMUTABLE function'
  return undefined
}

/** Functions behind an aggregate, by the options that name them. */
const parts: ReadonlySet<unknown> = new Set([
  ...['sfunc', 'sfunc1', 'finalfunc', 'combinefunc', 'serialfunc', 'deserialfunc', 'msfunc', 'minvfunc', 'mfinalfunc'],
])

const partNames = (defined: Fields, which: ReadonlySet<unknown>): readonly (readonly string[])[] =>
  all(defined['definition'], 'DefElem').flatMap(({ defname, arg }) =>
    which.has(defname) ? [words(as(arg, 'TypeName')?.['names'] ?? arg)] : [],
  )

/** Why what stands behind an operator or aggregate may not: it is given what that is given, by whoever uses it. */
const refusedPart = (catalog: Catalog, names: readonly string[]): string | undefined => {
  const [schema, name] = [names.at(-2), names.at(-1) ?? '']
  const { routines } = catalog
  const why = opaqueFunction(routines, schema, name, isHarmless(catalog, name))
  if (why !== undefined) return `${name}: ${why}`
  const carries = routines.harmless().get(name) === true || hasSideEffects(routines, name)
  return carries ? `${name} could keep what it is given` : undefined
}

/** Why an aggregate may not be made. */
export const refusedAggregate = (catalog: Catalog, defined: Fields): string | undefined => {
  const taken = nameTaken(catalog, words(defined['defnames']))
  if (taken !== undefined) return taken
  const named = partNames(defined, parts)
  return named.map((names) => refusedPart(catalog, names)).find((why) => why !== undefined)
}

const estimators: ReadonlySet<unknown> = new Set(['restrict', 'join'])

/** Why an operator may not be made: under a symbol that means something already, conditions would come to mean it. */
export const refusedOperator = (catalog: Catalog, defined: Fields): string | undefined => {
  const { routines, effects } = catalog
  const symbol = words(defined['defnames']).at(-1) ?? ''
  if (routines.builtinOperators.has(symbol) || symbol === '!=' || effects?.rows.operators.has(symbol) !== false)
    return `there is an operator ${symbol} already`
  if (partNames(defined, estimators).some((names) => !/^[a-z]+sel$/.test(names.at(-1) ?? '')))
    return 'how it is estimated is not known'
  const named = partNames(defined, new Set(['function', 'procedure']))
  return named.map((names) => refusedPart(catalog, names)).find((why) => why !== undefined)
}

/** Why a CREATE of whatever kind may not run, by what it makes. */
export const refusedDefinition = (catalog: Catalog, defined: Fields): string | undefined =>
  defined['kind'] === 'OBJECT_AGGREGATE'
    ? refusedAggregate(catalog, defined)
    : list(defined['definition']).length > 0
      ? refusedOperator(catalog, defined)
      : 'it says nothing of what it does'
