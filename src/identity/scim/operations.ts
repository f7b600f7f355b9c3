import { limits } from './resource.js'

export type Draft = Record<string, unknown>

export const isObject = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A member of a body, by its name in any case (RFC 7643, section 2.1). */
export const field = (body: Draft, name: string): unknown =>
  Object.entries(body).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]

/** `members[value eq "…"]`: one by its id, as Okta and Entra take a member out. */
const oneMember = /^members\[\s*value\s+eq\s+"([^"\\]*)"\s*\]$/i

/** An operation that adds members, or takes them out by their ids: several of them in a row are one. */
const ofMembers = (
  given: unknown,
): { readonly op: 'add' | 'remove'; readonly value: readonly unknown[] } | undefined => {
  if (!isObject(given)) return undefined
  const [op, path, value] = [field(given, 'op'), field(given, 'path'), field(given, 'value')]
  if (typeof op !== 'string' || typeof path !== 'string') return undefined
  if (/^members$/i.test(path) && op.toLowerCase() === 'add' && Array.isArray(value))
    return { op: 'add', value: value as unknown[] }
  const [, id] = (op.toLowerCase() === 'remove' && (value ?? null) === null && oneMember.exec(path)) || []
  return id === undefined ? undefined : { op: 'remove', value: [{ value: id }] }
}

/**
 * The same operations, with those that are alike and follow each other in one: a thousand members that are added or taken out
 * one by one cost no more than a list of them.
 */
export const joined = function* (operations: readonly unknown[]): Generator {
  let op: 'add' | 'remove' | undefined
  let value: unknown[] = []
  for (const given of operations) {
    const next = ofMembers(given)
    if (next && next.op === op && value.length + next.value.length <= limits.list) {
      for (const one of next.value) value.push(one)
      continue
    }
    if (op) yield { op, path: 'members', value }
    if (!next) yield given
    op = next?.op
    value = [...(next?.value ?? [])]
  }
  if (op) yield { op, path: 'members', value }
}
