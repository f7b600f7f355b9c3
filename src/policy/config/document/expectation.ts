import type { z } from 'zod'
import type { Path } from './document.js'
import { nearest } from './nearest.js'

type Issue = z.core.$ZodIssue

const types: Record<string, string> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

const units: Record<string, string> = { array: 'entries', string: 'characters' }

const bound = (word: string, limit: number | bigint, origin: string): string =>
  [`at ${word}`, limit, units[origin]].filter((part) => part !== undefined).join(' ')

/** ` (did you mean …?)`, or nothing where no known word is near. */
export const didYouMean = (word: unknown, known: readonly string[]): string => {
  const near = typeof word === 'string' ? nearest(word, known) : undefined
  return near === undefined ? '' : ` (did you mean ${near}?)`
}

/** What would have been right, as a noun phrase. Checks of our own carry it as their message. */
export const expected = (issue: Issue): string => {
  if (issue.code === 'invalid_type') return types[issue.expected] ?? issue.expected
  if (issue.code === 'too_small') return bound('least', issue.minimum, issue.origin)
  if (issue.code === 'too_big') return bound('most', issue.maximum, issue.origin)
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? 'another name'
  if (issue.code !== 'invalid_value') return issue.message
  const known = issue.values.map(String)
  return `${known.length > 1 ? 'one of ' : ''}${known.join(', ')}${didYouMean(issue.input, known)}`
}

/** Keys of secrets, wherever below a section they stand. */
const secret = new Set<PropertyKey>(['password', 'client_certificate', 'client_secret', 'secret'])

/** A password may stand here, if only by mistake: such values are never quoted. */
const unquotable = ([section, part, key, ...rest]: Path): boolean => {
  // Names of connections, policies and trusts are yours to choose.
  if (section !== 'policies' && [key, ...rest].some((one) => secret.has(one!))) return true
  if (section === 'connections') return key === 'url'
  if (section === 'gateway' && String(part).startsWith('store')) return true
  return (
    (part === 'webhooks' && rest[0] === 'url') ||
    (part === 'events' && rest[0] === 'webhook') ||
    (part === 'scim' && key === 'token')
  )
}

/** What stands in the file, as far as it may be repeated. */
export const found = (value: unknown, path: Path): string => {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (unquotable(path)) return 'something else'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
