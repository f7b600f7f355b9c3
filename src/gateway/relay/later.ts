import { HoopError } from '../../lib/errors.js'
import type { AllowedStatement, Asker, Decision, Guard } from '../../policy/decision.js'
import type { Named } from '../../sql/facts.js'
import { nameKey } from '../../wire/frontend.js'

/** Names that are remembered, and texts of one name: the client may have asked for any of them, and the server knows which. */
const MAX_NAMES = 1000
const MAX_TEXTS = 32

interface Known {
  /** Each with the rules by which it was approved when it got the name. */
  readonly texts: Map<string, readonly string[]>
  lost: boolean
}

const keyOf = ({ of, name }: Named): string => `${of} ${nameKey(name)}`
const isStatement = (key: string): boolean => key.startsWith('statement ')

/**
 * Texts that were given a name, by PREPARE, DECLARE, Parse or Bind, and of which hours, rows or an approval may decide
 * otherwise once they are run by that name.
 */
export class Later {
  readonly #known = new Map<string, Known>()
  #lost = false

  remember(named: Named, text: string, approved: readonly string[] = []): void {
    const key = keyOf(named)
    const known = this.#known.get(key) ?? { texts: new Map<string, readonly string[]>(), lost: false }
    if (!this.#known.has(key)) {
      if (this.#known.size >= MAX_NAMES) {
        this.#known.delete(this.#known.keys().next().value!)
        this.#lost = true
      }
      this.#known.set(key, known)
    }
    if (known.texts.size >= MAX_TEXTS && !known.texts.has(text)) known.lost = true
    else known.texts.set(text, approved)
  }

  /** What policy says of all that statements run by name, beside what it says of them. */
  decide(guard: Guard, own: Decision, asker: Asker): Decision {
    if (own.kind === 'refuse' || (this.#known.size === 0 && !this.#lost)) return own
    let decision: Decision = own
    for (const statement of own.statements) decision = this.#statement(guard, decision, statement, asker)
    return decision
  }

  /** The same for one name. */
  named(guard: Guard, own: Exclude<Decision, { kind: 'refuse' }>, named: Named, asker: Asker): Decision {
    const known = this.#known.get(keyOf(named))
    if (known?.lost || (!known && this.#lost)) return unknown(named.name)
    return known ? this.#texts(guard, own, known, named.of, asker) : own
  }

  /** All texts that one name may stand for. */
  textsOf(named: Named): readonly string[] {
    return [...(this.#known.get(keyOf(named))?.texts.keys() ?? [])]
  }

  /** All texts that statements may run by name: whoever approves them approves those. */
  run(statements: readonly Pick<AllowedStatement, 'kinds' | 'runs'>[]): readonly string[] {
    const all = () => [...this.#known].flatMap(([key, { texts }]) => (isStatement(key) ? [...texts.keys()] : []))
    return statements.flatMap(({ kinds, runs }) => (runs ? this.textsOf(runs) : kinds.includes('execute') ? all() : []))
  }

  #statement(guard: Guard, decision: Decision, { kinds, runs }: AllowedStatement, asker: Asker): Decision {
    if (decision.kind === 'refuse') return decision
    if (runs) return this.named(guard, decision, runs, asker)
    // EXPLAIN ANALYZE EXECUTE, CREATE TABLE AS EXECUTE: which one doesn't matter.
    if (!kinds.includes('execute')) return decision
    if (this.#lost) return unknown('one')
    let all: Decision = decision
    for (const [key, known] of this.#known)
      if (all.kind !== 'refuse' && isStatement(key)) all = this.#texts(guard, all, known, 'statement', asker)
    return all
  }

  #texts(guard: Guard, own: Decision, { texts }: Known, of: Named['of'], asker: Asker): Decision {
    let decision = own
    for (const [text, approved] of texts) {
      // What a cursor is about was counted when it was declared.
      const estimate = of === 'portal' ? { rows: 0 } : asker.estimate
      const then = guard.decide(text, { ...asker, running: true, estimate })
      const counted = then.kind === 'estimate' ? this.#countable(guard, decision, text, then, asker) : then
      decision = stricter(decision, counted, approved)
    }
    return decision
  }

  /** The planner can be asked about an EXECUTE that stands alone, with arguments that nothing has to be computed for. */
  #countable(
    guard: Guard,
    own: Decision,
    text: string,
    then: Extract<Decision, { kind: 'estimate' }>,
    asker: Asker,
  ): Decision {
    const [only, more] = own.kind === 'refuse' ? [] : own.statements
    if (only?.planned !== undefined && !more) return { ...then, sql: only.planned }
    const estimate = { unknown: 'the statement that runs it can’t be planned' }
    return guard.decide(text, { ...asker, running: true, estimate })
  }
}

const unknown = (name: string): Decision => ({
  kind: 'refuse',
  error: new HoopError('STATEMENT_UNPROVEN', `what was prepared as ${name} is no longer known`, {
    hint: 'Prepare it again under a name that was not used yet.',
  }),
})

const order = ['allow', 'hold', 'estimate', 'refuse'] as const

/** The stricter of two; what it would let through are the statements of the first. */
const stricter = (own: Decision, then: Decision, approved: readonly string[]): Decision => {
  if (own.kind === 'refuse' || then.kind === 'refuse') return own.kind === 'refuse' ? own : then
  const wanted =
    then.kind === 'hold' ? [then.rule, ...(then.others ?? [])].filter(({ name }) => !approved.includes(name)) : []
  const { statements } = own
  if (then.kind === 'hold') {
    const [rule, ...others] = own.kind === 'hold' ? [own.rule, ...(own.others ?? []), ...wanted] : wanted
    if (!rule || own.kind === 'estimate') return own
    return { ...then, statements, rule, others }
  }
  if (then.kind === 'estimate')
    return order.indexOf(own.kind) < order.indexOf('estimate') ? { ...then, statements } : own
  if (own.kind !== 'allow') return own
  const warnings = [...(own.warnings ?? []), ...(then.warnings ?? [])]
  const observed = [...(own.observed ?? []), ...(then.observed ?? [])]
  return { ...own, ...(warnings.length > 0 && { warnings }), ...(observed.length > 0 && { observed }) }
}
