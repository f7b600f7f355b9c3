import { bad } from '../../../../identity/scim/error.js'
import { type Filter, parseFilter } from '../../../../identity/scim/filter.js'
import { assertFilter, type Resource } from '../../../../identity/scim/match.js'
import { attributeOf, type Attributes, pathNames, urn } from '../../../../identity/scim/schema.js'
import { largestPage } from './discovery.js'

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>

/** One parameter. @throws {ScimError} invalidValue where it comes twice */
const one = (query: Query, name: string): string | undefined => {
  const value = query[name]
  if (value === undefined || typeof value === 'string') return value
  throw bad('invalidValue', `${name} comes twice`)
}

const whole = (query: Query, name: string, preset: number): number => {
  const text = one(query, name)
  if (text === undefined) return preset
  if (!/^-?\d{1,9}$/.test(text)) throw bad('invalidValue', `${name} is no whole number`)
  return Number(text)
}

/** @throws {ScimError} invalidFilter */
export const filterOf = (query: Query, attributes: Attributes): Filter | undefined => {
  const text = one(query, 'filter')
  if (text === undefined) return undefined
  const filter = parseFilter(text)
  assertFilter(filter, attributes)
  return filter
}

const names = (text: string, attributes: Attributes): Set<string> =>
  new Set(text.split(',').flatMap((path) => attributeOf(attributes, pathNames(path.trim())[0] ?? '')?.[0] ?? []))

/** The attributes that were asked for; `id` and `schemas` always (RFC 7644, section 3.9). */
export const projection = (query: Query, attributes: Attributes): ((resource: Resource) => Resource) => {
  const [wanted, excluded] = [one(query, 'attributes'), one(query, 'excludedAttributes')]
  if (wanted === undefined && excluded === undefined) return (resource) => resource
  const listed = names(wanted ?? excluded ?? '', attributes)
  const stays = (name: string) => name === 'id' || name === 'schemas' || listed.has(name) === (wanted !== undefined)
  return (resource) => Object.fromEntries(Object.entries(resource).filter(([name]) => stays(name)))
}

/** One page of what was found. @see RFC 7644, section 3.4.2.4 */
export const pageOf = (found: readonly Resource[], query: Query, attributes: Attributes): object => {
  const startIndex = Math.max(1, whole(query, 'startIndex', 1))
  const count = Math.min(Math.max(0, whole(query, 'count', 100)), largestPage)
  const page = found.slice(startIndex - 1, startIndex - 1 + count).map(projection(query, attributes))
  return { schemas: [urn.list], totalResults: found.length, startIndex, itemsPerPage: page.length, Resources: page }
}
