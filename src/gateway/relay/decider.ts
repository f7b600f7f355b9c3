import { asHoopError, HoopError } from '../../lib/errors.js'
import type { Allowed, AllowedStatement, Decision, Held } from '../../policy/decision.js'
import type { BoundParameters } from './caps.js'
import type { RelayState } from './state.js'
import type { Gate, HeldStatement, Verdict, Wait } from './wait.js'

export const allowAll: Allowed = { kind: 'allow', statements: [] }

interface RefusedNow {
  readonly kind: 'refuse'
  readonly error: HoopError
  readonly rule?: string | undefined
}

export type DecisionNow = Exclude<Decision, { kind: 'refuse' }> | RefusedNow

const nobodyToAsk = ({ name, message }: Held['rule']): HoopError =>
  new HoopError('APPROVAL_REQUIRED', message ?? `rule ${name}`, { detail: `The rule is ${name}.` })

/** What the policy says of a text, and the stop at one that somebody has to approve. */
export class Decider {
  readonly #state: RelayState
  readonly #gate: Gate | undefined
  /** Where the client's side has stopped. */
  wait: Wait | undefined

  /** @param gate without one, what needs an approval is refused */
  constructor(state: RelayState, gate: Gate | undefined) {
    this.#state = state
    this.#gate = gate
  }

  /**
   * Anything that goes wrong while reading or deciding is a refusal.
   * @param verdict where it waited before: its approval stands for the rule that it was asked for, and for nothing else
   */
  decide(read: () => string, verdict?: Verdict): { text: string; decision: DecisionNow } {
    let text = ''
    try {
      text = read()
      if (verdict?.kind === 'refuse') return { text, decision: verdict }
      const decision = this.#state.guard?.decide(text, this.#state.asker) ?? allowAll
      if (decision.kind !== 'hold' || decision.rule.name !== verdict?.rule) return { text, decision }
      return { text, decision: { ...decision, kind: 'allow' } }
    } catch (error) {
      return { text, decision: { kind: 'refuse', error: asHoopError(error) } }
    }
  }

  /** The same for a statement that runs next. Where nothing more may leave, what returns rows isn't run in the first place. */
  decideToRun(read: () => string, verdict?: Verdict, bound?: BoundParameters): { text: string; decision: DecisionNow } {
    const decided = this.decide(read, verdict)
    const { decision, text } = decided
    if (decision.kind === 'refuse') return decided
    const error = this.#state.caps.refusal(text, decision.statements, bound) ?? this.#spentUp(decision.statements)
    return error ? { text, decision: { kind: 'refuse', error } } : decided
  }

  #spentUp(statements: readonly AllowedStatement[]): HoopError | undefined {
    return statements.some(({ returns }) => returns !== false) ? this.#state.metering?.meter.spentUp : undefined
  }

  /** Stops until somebody has approved the statement. @param end takes the message up again, with the verdict */
  stopAt(held: Held, statement: Pick<HeldStatement, 'text'> & Partial<HeldStatement>, end: Wait['end']): void {
    const gate = this.#gate
    const { rule, statements: facts } = held
    if (!gate) return end({ kind: 'refuse', error: nobodyToAsk(rule), rule: rule.name })
    const whole = { parameters: [], parameterFormats: [], parameterTypes: undefined, ...statement, rule, facts }
    this.wait = {
      begin: (place, signal) => gate.pass(whole, place, (event) => this.#state.journal.approval(event), signal),
      end: (verdict) => {
        this.wait = undefined
        end(verdict)
      },
    }
  }
}
