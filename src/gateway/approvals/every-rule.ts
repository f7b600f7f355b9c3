import { HoopError } from '../../lib/errors.js'
import type { Gate, HeldStatement, Note, Verdict, WaitPosition } from '../relay/machine/suspension/suspension.js'
import type { SessionGate } from './gate.js'

type Refused = Extract<Verdict, { kind: 'refuse' }>

/** Asks for every rule that wants an approval, each with its own request, approvers and expiry; all have to be given. */
export class EveryRule implements Gate {
  readonly #one: Pick<SessionGate, 'pass' | 'given'>

  constructor(one: Pick<SessionGate, 'pass' | 'given'>) {
    this.#one = one
  }

  async pass(statement: HeldStatement, place: WaitPosition, note: Note, signal: AbortSignal): Promise<Verdict> {
    const { rule, others = [], ...rest } = statement
    const all = [rule, ...others].map((each): HeldStatement => ({ ...rest, rule: each }))
    if (all.length === 1) return this.#one.pass(statement, place, note, signal)
    const given = await Promise.all(all.map((each) => this.#one.given(each)))
    const missing = all.filter((_, i) => !given[i])
    // Those that can be used once are used when nothing is missing any more.
    const verdicts = await this.#ask(missing, place, note, signal)
    if (!Array.isArray(verdicts)) return verdicts
    for (const [i, each] of all.entries())
      if (given[i]) {
        const verdict = await this.#one.pass(each, place, note, signal)
        if (verdict.kind === 'refuse') return verdict
        verdicts.push(verdict)
      }
    return {
      kind: 'approved',
      rule: rule.name,
      others: others.map(({ name }) => name),
      approval: verdicts.flatMap((verdict) => (verdict.kind === 'approved' ? [verdict.approval] : [])).join(' '),
    }
  }

  /** @returns what came of each, or why it came to nothing */
  async #ask(
    missing: readonly HeldStatement[],
    place: WaitPosition,
    note: Note,
    signal: AbortSignal,
  ): Promise<Verdict[] | Refused> {
    const retry = missing.some(({ rule: { mode } }) => mode === 'retry' || (mode === undefined && place.inTransaction))
    const stop = new AbortController()
    let first: Refused | undefined
    const refusals: Refused[] = []
    const verdicts = await Promise.all(
      missing.map(async (each) => {
        const alike = retry ? { ...each, rule: { ...each.rule, mode: 'retry' as const } } : each
        const verdict = await this.#one.pass(alike, place, note, AbortSignal.any([signal, stop.signal]))
        if (verdict.kind !== 'refuse') return verdict
        refusals.push(verdict)
        first ??= verdict
        // Where all are to be approved before it is run again, each has to be asked for.
        if (verdict.error.code !== 'APPROVAL_REQUIRED')
          stop.abort(new HoopError('APPROVAL_WITHDRAWN', 'another approval that it needs was not given'))
        return verdict
      }),
    )
    return first ? combined(first, refusals) : verdicts
  }
}

/** One error that names every request. */
const combined = (first: Refused, refusals: readonly Refused[]): Refused => {
  const asked = refusals.filter(({ error }) => error.code === 'APPROVAL_REQUIRED')
  if (first.error.code !== 'APPROVAL_REQUIRED' || asked.length < 2) return first
  const { error } = first
  return {
    ...first,
    error: new HoopError('APPROVAL_REQUIRED', asked.map((each) => each.error.about).join('; '), {
      detail: asked.map((each) => each.error.detail).join(' '),
      hint: `Approvers run: ${asked.map(({ approval }) => `hoop approvals approve ${approval}`).join(', ')}. Run the same statement again once all are given; it is let through once.`,
      cause: error,
    }),
    approval: asked.map(({ approval }) => approval).join(' '),
  }
}
