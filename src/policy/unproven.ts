import { HoopError } from '../lib/errors.js'
import type { NamedObject, StatementFacts, Unproven } from '../sql/facts.js'
import type { PolicyConfig } from './config/schema.js'
import { derivedError } from './masks/derived.js'
import type { Origins } from './masks/origins.js'

interface Policies {
  readonly policy: PolicyConfig
  readonly origins: Origins | undefined
  /** Whether who asks sees the values anyway. */
  readonly clear: boolean
}

const unprovenError = ({ subject, why, code, hint }: Unproven): HoopError =>
  new HoopError(code, why.includes(subject) ? why : `${subject}: ${why}`, hint === undefined ? {} : { hint })

const lostError = (lost: string): HoopError =>
  new HoopError('STATEMENT_UNPROVEN', `the policy masks ${lost}, which the database no longer has by that name`, {
    hint: 'Try again in a moment; if it stays, ask an administrator to correct the policy.',
  })

const derivedIn = ({ outputs = [], defines }: StatementFacts): readonly string[] =>
  [...outputs, ...(defines?.outputs ?? [])].flatMap((each) => (each.kind === 'derived' ? each.columns : []))

/** What is written but for tables that are dropped, or made here: of a new one nothing is to be seen yet. */
const shown = ({ kind, writes, makes = [] }: StatementFacts): readonly string[] => {
  if (kind === 'drop') return []
  const made = new Set(makes.flatMap(({ temporary, ...named }) => (temporary ? [] : [labelOf(named)])))
  return writes.filter((name) => !made.has(name))
}

const labelOf = ({ schema, name }: NamedObject): string => (schema === undefined ? name : `${schema}.${name}`)

const why = (facts: StatementFacts, { origins, policy, clear }: Policies): HoopError | undefined => {
  const { unproven, reads } = facts
  if (unproven) return unprovenError(unproven)
  const lost = origins?.lost(reads) ?? origins?.lost(shown(facts))
  if (lost !== undefined) return lostError(lost)
  const derived = policy.derived === 'refuse' && !clear ? derivedIn(facts) : []
  return derived.length > 0 ? derivedError(derived) : undefined
}

/** The first of a text's statements that can't be let through where masks are in force, and why. */
export const unprovenIn = (
  statements: readonly StatementFacts[],
  options: Policies,
): { readonly facts: StatementFacts; readonly error: HoopError } | undefined => {
  for (const facts of statements) {
    const error = why(facts, options)
    if (error) return { facts, error }
  }
  return undefined
}

/** Kinds behind which a statement of the same text means what it would mean without them. */
const still: ReadonlySet<string> = new Set([
  ...['select', 'values', 'insert', 'update', 'delete', 'merge', 'begin', 'savepoint', 'show'],
])

/** Refusals of the proof. It needs to know every name, so a name that is mistaken looks to it like one that hides something. */
const codes: ReadonlySet<string> = new Set(['STATEMENT_UNPROVEN', 'COLUMN_MASKED'])

/** See `Refused`. */
export const doubtedAt = (statements: readonly StatementFacts[], facts: StatementFacts): number | undefined => {
  if (!codes.has(facts.unproven?.code ?? '')) return undefined
  const at = statements.indexOf(facts)
  return statements.slice(0, at).every(({ kinds }) => kinds.every((kind) => still.has(kind))) ? at : undefined
}
