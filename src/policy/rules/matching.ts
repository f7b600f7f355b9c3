import type { NamedObject, StatementFacts } from '../../sql/facts.js'
import type { RuleConfig } from '../config/schema.js'
import type { ApprovalRule, Asker, RuleMatch } from '../decision.js'
import { circumstancesOf, holdsAsRead, holdsForStatement, type Circumstances } from './asked.js'
import { counts } from './rows.js'

/** A rule whose conditions on the statement hold. */
export interface Candidate {
  readonly rule: RuleConfig
  /** What still has to hold of who asks and when; undefined where nothing. */
  readonly circumstances: Circumstances | undefined
  /** It counts rows, and those come with the EXECUTE. */
  readonly later: boolean
  /** Why it applies, where the statement doesn't show it; and what kind of statement that is. */
  readonly why: string | undefined
  readonly kind: string | undefined
  /** Of a pack's rule: it doesn't apply where all of this is the session's own. */
  readonly unlessOwn: readonly NamedObject[] | undefined
}

/** What a pack's rule may ask of a statement that changes nothing but the session's own: not what it reads or calls. */
const ofChanges: ReadonlySet<string> = new Set(['statement', 'where', 'concurrently', 'writes_vectors'])

/** What must be the session's own so that a pack's rule doesn't apply. */
const unlessOwn = (
  { pack, when }: RuleConfig,
  matching: readonly StatementFacts[],
  statements: readonly StatementFacts[],
): readonly NamedObject[] | undefined => {
  if (pack === undefined || !Object.keys(when).every((key) => ofChanges.has(key))) return undefined
  const wanted = new Set(matching)
  const objects: NamedObject[] = []
  const before = new MadeBefore()
  for (const facts of statements) {
    if (wanted.has(facts)) {
      if (!facts.changes) return undefined
      objects.push(...facts.changes.filter((object) => !before.has(object)))
    }
    before.add(facts)
  }
  return objects
}

const keyOf = ({ schema, name }: NamedObject): string => JSON.stringify([schema, name])

/** What statements of a text, which fails as a whole, have made by now that is still the session's own. */
class MadeBefore {
  readonly #made = new Map<string, NamedObject>()

  has(object: NamedObject): boolean {
    return this.#made.has(keyOf(object))
  }

  add({ makes, kinds, writes, changes, keepsNames }: StatementFacts): void {
    // Behind the end of a transaction it may be everybody's.
    const lost = kinds.some((kind) => ends.has(kind)) || (kinds.includes('alter') && !changes && !keepsNames)
    if (lost) this.#made.clear()
    if (kinds.includes('drop') && this.#made.size > 0) {
      const dropped = new Set(writes.map((label) => label.slice(label.lastIndexOf('.') + 1)))
      for (const [key, { name }] of this.#made) if (dropped.has(name) || dropped.has('*')) this.#made.delete(key)
    }
    for (const made of makes ?? []) this.#made.set(keyOf(made), made)
  }
}

const ends: ReadonlySet<string> = new Set(['commit', 'rollback', 'dynamic', 'call', 'do', 'discard'])

/** Why a rule applies to statements that it would not apply to by what can be read off them. */
const reason = (rule: RuleConfig, matching: readonly StatementFacts[]): string | undefined =>
  matching.some((facts) => holdsAsRead(rule.when, facts)) ? undefined : matching[0]?.dynamic

/** Milliseconds that a request waits where its rule doesn't say. */
const EXPIRES = 600_000

/**
 * The rules that may apply to a text, in their order. `do: allow` says that nothing is done, and nothing is.
 * @param statements those of the text that differ
 * @param alone whether the text is one statement
 */
export const candidates = (
  rules: readonly RuleConfig[],
  statements: readonly StatementFacts[],
  alone = statements.length === 1,
): readonly Candidate[] =>
  rules
    .filter((rule) => rule.do !== 'allow')
    .flatMap((rule) => {
      const matching = statements.filter((facts) => holdsForStatement(rule.when, facts))
      if (matching.length === 0) return []
      // With others in one text, what was prepared is not known before it is run.
      const later = counts(rule) && alone && matching.every(({ rows }) => rows?.later === true)
      return [
        {
          rule,
          circumstances: circumstancesOf(rule.when),
          later,
          why: reason(rule, matching),
          kind: matching[0]?.kind,
          unlessOwn: unlessOwn(rule, matching, statements),
        },
      ]
    })

/** Those of them that do apply to somebody now, however many rows it is about. */
export const applying = (all: readonly Candidate[], asker: Asker): readonly Candidate[] =>
  all.filter(
    ({ circumstances, later, unlessOwn: objects }) =>
      (!circumstances || circumstances(asker)) &&
      (!later || asker.running) &&
      !objects?.every((object) => asker.owns?.(object) === true),
  )

/** What a rule says, and why it says it of this statement. */
const words = (message: string | undefined, why: string | undefined): { readonly message?: string } => {
  if (why === undefined) return message === undefined ? {} : { message }
  return { message: message === undefined ? why : `${message}; ${why}` }
}

export const matchOf = ({ rule: { name, do: verdict, message }, why }: Candidate): RuleMatch => ({
  rule: name,
  do: verdict === 'allow' ? 'warn' : verdict,
  ...words(message, why),
})

export const approvalOf = ({ rule: { name, message, approvers, expires, mode }, why }: Candidate): ApprovalRule => ({
  name,
  ...words(message, why),
  // A rule without approvers doesn't come out of the configuration; were one here, nobody could approve it.
  approvers: approvers ?? { groups: [], count: 1 },
  expires: expires ?? EXPIRES,
  ...(mode && { mode }),
})
