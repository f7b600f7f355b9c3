import { bad } from './error.js'
import type { Resource } from './match.js'
import { type Attribute, attributeOf, type Attributes, pathNames } from './schema.js'

/** Characters of a text, and elements of a list, that are kept at most. */
export const limits = { text: 1024, list: 20_000 }

const isObject = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Nothing that steers a terminal or turns text around: names of people and groups are shown in both. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= limits.text && !/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u.test(value)

const single: { readonly [T in Attribute['type']]: (value: unknown, name: string, attribute: Attribute) => unknown } = {
  string: (value, name) => {
    if (isText(value)) return value
    throw bad('invalidValue', `${name} is no text of at most ${limits.text} characters without control characters`)
  },
  boolean: (value, name) => {
    // Entra writes truth values as text, with a capital, unless it is told not to.
    const written = typeof value === 'string' ? value.toLowerCase() : value
    if (written === true || written === 'true') return true
    if (written === false || written === 'false') return false
    throw bad('invalidValue', `${name} is neither true nor false`)
  },
  complex: (value, name, { inside = {}, multi }) => {
    if (isObject(value)) return cleaned(value, inside)
    if (multi === true && typeof value === 'string') return cleaned({ value }, inside)
    throw bad('invalidValue', `${name} is no object`)
  },
}

/** One attribute's value as it is kept; undefined where it is unassigned. @throws {ScimError} invalidValue */
export const cleanValue = (value: unknown, name: string, attribute: Attribute): unknown => {
  if (value === undefined || value === null) return undefined
  if (attribute.multi !== true) return single[attribute.type](value, name, attribute)
  const elements = Array.isArray(value) ? (value as unknown[]) : [value]
  if (elements.length > limits.list) throw bad('invalidValue', `${name} has more than ${limits.list} elements`)
  return elements.length === 0 ? undefined : elements.map((one) => single[attribute.type](one, name, attribute))
}

const cleaned = (value: Resource, attributes: Attributes): Resource => {
  const entries = Object.entries(value).flatMap(([key, part]) => {
    const [name, attribute] = attributeOf(attributes, pathNames(key).join('.')) ?? []
    if (name === undefined || !attribute || attribute.readOnly === true) return []
    const clean = cleanValue(part, name, attribute)
    return clean === undefined ? [] : [[name, clean] as const]
  })
  return Object.fromEntries(entries)
}

/** @throws {ScimError} invalidValue without what is required */
export const assertComplete = (resource: Resource, attributes: Attributes): void => {
  for (const [name, { required }] of Object.entries(attributes))
    if (required === true && (resource[name] ?? '') === '') throw bad('invalidValue', `${name} is required`)
}

/**
 * What is kept of a body: known attributes by the names of the RFC, whatever case they came in; the server's own and
 * unknown ones are passed over (RFC 7644, section 3.3).
 * @throws {ScimError} invalidSyntax, invalidValue
 */
export const readResource = (body: unknown, attributes: Attributes): Resource => {
  if (!isObject(body)) throw bad('invalidSyntax', 'the body is no JSON object')
  const resource = cleaned(body, attributes)
  assertComplete(resource, attributes)
  return resource
}
