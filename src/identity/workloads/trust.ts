import { RE2JS } from 're2js'
import { text } from '../principal.js'

type Scalar = string | number | boolean

/** What a claim has to be: a value, one of several, or all of it fitting a pattern of RE2. */
export type ClaimCondition = Scalar | readonly Scalar[] | { readonly pattern: string }

/** A trusted issuer of tokens for programs, as the configuration in force has it. */
export interface WorkloadTrust {
  readonly name: string
  readonly issuer: string
  /** `file:` and a path, or an address, in place of what the issuer's discovery document names. */
  readonly jwks?: string | undefined
  /** The gateway's URL where it is left out. */
  readonly audience?: string | undefined
  readonly algorithms?: readonly string[] | undefined
  readonly reuse: 'never' | 'same-key'
  readonly when: Readonly<Record<string, ClaimCondition>>
  /** Of all of it: who was let in under other terms proves itself anew. */
  readonly digest: string
}

type Claims = Readonly<Record<string, unknown>>

const isClaims = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every value that a path can mean: `kubernetes.io.namespace` has dots of two kinds, and each may part or not. */
const meant = (claims: Claims, path: string): unknown[] => {
  const whole = Object.hasOwn(claims, path) ? [claims[path]] : []
  const dots = [...path.matchAll(/\./g)].map(({ index }) => index)
  const deeper = dots.flatMap((dot) => {
    const head = path.slice(0, dot)
    const inner = Object.hasOwn(claims, head) ? claims[head] : undefined
    return isClaims(inner) ? meant(inner, path.slice(dot + 1)) : []
  })
  return [...whole, ...deeper]
}

/**
 * A claim by its name, or by the path that dots spell, as text. Numbers and truth values count as they are written; lists,
 * objects, null and text that steers a terminal are no values, and neither is what a path could mean in two ways.
 */
export const claimText = (claims: Claims, path: string): string | undefined => {
  const [value, ...others] = meant(claims, path)
  if (others.length > 0) return undefined
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : text(value)
}

const compiled = new WeakMap<object, RE2JS>()

const compile = (condition: { readonly pattern: string }): RE2JS => {
  let found = compiled.get(condition)
  if (!found) compiled.set(condition, (found = RE2JS.compile(condition.pattern)))
  return found
}

const isList = (condition: ClaimCondition): condition is readonly Scalar[] => Array.isArray(condition)

/** Character by character, the whole value: neither case nor other spellings of a letter nor a beginning count. */
const holds = (condition: ClaimCondition, value: string): boolean => {
  if (isList(condition)) return condition.some((one) => String(one) === value)
  return typeof condition === 'object' ? compile(condition).matches(value) : String(condition) === value
}

/** Of the claims that conditions look at, their values; or the names of those that don't hold. */
export const match = (
  { when }: Pick<WorkloadTrust, 'when'>,
  claims: Claims,
): { readonly claims: Readonly<Record<string, string>> } | { readonly failed: readonly string[] } => {
  const values = Object.keys(when).map((name) => [name, claimText(claims, name)] as const)
  const failed = values.filter(([name, value]) => value === undefined || !holds(when[name]!, value))
  return failed.length > 0 || values.length === 0
    ? { failed: failed.map(([name]) => name) }
    : { claims: Object.fromEntries(values) as Record<string, string> }
}
