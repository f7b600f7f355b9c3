import { bad } from './error.js'
import type { Filter, Operator } from './filter.js'
import { type Attribute, attributeOf, type Attributes, pathNames } from './schema.js'
import type { Literal } from './words.js'

/** A resource, or a part of one. */
export type Resource = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value]

/** What stands at a path, of each element where there are several. @throws {ScimError} invalidFilter for a path that isn't there */
const valuesAt = (resource: Resource, attributes: Attributes, path: string): [unknown[], Attribute] => {
  let found: readonly unknown[] = [resource]
  let known: Attribute = { type: 'complex', inside: attributes }
  for (const part of pathNames(path)) {
    const entry = known.inside && attributeOf(known.inside, part)
    if (!entry) throw bad('invalidFilter', `there is no attribute ${path}`)
    found = found.flatMap((value) => (isObject(value) && Object.hasOwn(value, entry[0]) ? list(value[entry[0]]) : []))
    known = entry[1]
  }
  // `emails co "@acme"` means their values (RFC 7644, section 3.4.2.2).
  const value = known.multi === true ? known.inside?.['value'] : undefined
  if (!value) return [[...found], known]
  return [found.flatMap((one) => (isObject(one) ? list(one['value']) : [])), value]
}

const comparable = (value: unknown, { type, exact }: Attribute): unknown => {
  // Entra writes truth values as text.
  if (type === 'boolean') return typeof value === 'string' ? value.toLowerCase() === 'true' : value
  return typeof value === 'string' && exact !== true ? value.toLowerCase() : value
}

const texts = (test: (one: string, other: string) => boolean) => (one: unknown, other: unknown) =>
  typeof one === 'string' && typeof other === 'string' && test(one, other)
const ordered = (test: (sign: number) => boolean) => (one: unknown, other: unknown) =>
  typeof one === typeof other && (typeof one === 'string' || typeof one === 'number')
    ? test(one === other ? 0 : one > (other as string | number) ? 1 : -1)
    : false

const tests: Readonly<Record<Exclude<Operator, 'ne'>, (one: unknown, other: unknown) => boolean>> = {
  eq: (one, other) => one === other,
  co: texts((one, other) => one.includes(other)),
  sw: texts((one, other) => one.startsWith(other)),
  ew: texts((one, other) => one.endsWith(other)),
  gt: ordered((sign) => sign > 0),
  ge: ordered((sign) => sign >= 0),
  lt: ordered((sign) => sign < 0),
  le: ordered((sign) => sign <= 0),
}

const compare = (found: readonly unknown[], operator: Operator, value: Literal, attribute: Attribute): boolean => {
  if (operator === 'ne') return !compare(found, 'eq', value, attribute)
  if (attribute.type === 'boolean' && operator !== 'eq')
    throw bad('invalidFilter', `${operator} says nothing of true and false`)
  if (value === null) return operator === 'eq' && found.length === 0
  const wanted = comparable(value, attribute)
  return found.some((one) => tests[operator](comparable(one, attribute), wanted))
}

/** Whether a resource, or an element of a list, fits. @throws {ScimError} invalidFilter */
export const matches = (filter: Filter, resource: Resource, attributes: Attributes): boolean => {
  switch (filter.kind) {
    case 'and':
      return matches(filter.left, resource, attributes) && matches(filter.right, resource, attributes)
    case 'or':
      return matches(filter.left, resource, attributes) || matches(filter.right, resource, attributes)
    case 'not':
      return !matches(filter.inner, resource, attributes)
    case 'present':
      return valuesAt(resource, attributes, filter.path)[0].some((value) => value !== '' && value !== null)
    case 'element': {
      const [name, attribute] = attributeOf(attributes, pathNames(filter.path).join('.')) ?? []
      if (name === undefined || !attribute?.inside) throw bad('invalidFilter', `${filter.path} has no elements`)
      const { inside } = attribute
      return list(resource[name]).some((one) => isObject(one) && matches(filter.inner, one, inside))
    }
    case 'compare': {
      const [found, attribute] = valuesAt(resource, attributes, filter.path)
      return compare(found, filter.operator, filter.value, attribute)
    }
  }
}

/** The text that an attribute has to equal, in any case, where the filter demands one: the store can look that up. */
export const demanded = (filter: Filter, name: string): string | undefined => {
  if (filter.kind === 'and') return demanded(filter.left, name) ?? demanded(filter.right, name)
  const isIt = filter.kind === 'compare' && filter.operator === 'eq' && typeof filter.value === 'string'
  return isIt && pathNames(filter.path).join('.').toLowerCase() === name.toLowerCase()
    ? String(filter.value)
    : undefined
}

/** Characters of a literal that cost as much to compare as to come to it. */
const short = 64

/** How much it takes to hold one element against a filter: its comparisons, with long literals as several. */
export const costOf = (filter: Filter): number => {
  if ('left' in filter) return costOf(filter.left) + costOf(filter.right)
  if ('inner' in filter) return costOf(filter.inner)
  const value = filter.kind === 'compare' ? filter.value : undefined
  return 1 + (typeof value === 'string' ? Math.floor(value.length / short) : 0)
}

/** Looks whether all that a filter names is there, whatever it is applied to. @throws {ScimError} invalidFilter */
export const assertFilter = (filter: Filter, attributes: Attributes): void => {
  if ('left' in filter) {
    assertFilter(filter.left, attributes)
    assertFilter(filter.right, attributes)
  } else if (filter.kind === 'not') assertFilter(filter.inner, attributes)
  else if (filter.kind === 'element') {
    const [, { inside } = {}] = attributeOf(attributes, pathNames(filter.path).join('.')) ?? []
    if (!inside) throw bad('invalidFilter', `${filter.path} has no elements`)
    assertFilter(filter.inner, inside)
  } else matches(filter, {}, attributes)
}
