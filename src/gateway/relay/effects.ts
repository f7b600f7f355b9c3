import type { AllowedStatement } from '../../policy/decision.js'
import type { Descriptions } from './descriptions.js'
import type { Request } from './requests.js'
import type { RelayState } from './state.js'

/** What statements leave behind for those that follow in their transaction, and beyond it. */
export class Effects {
  readonly #state: RelayState
  readonly #descriptions: Descriptions
  /** The current transaction has touched masked columns: errors may quote their values until it ends. */
  tainted = false
  /** The current transaction has changed the schema. */
  #changed = false

  constructor(state: RelayState, descriptions: Descriptions) {
    this.#state = state
    this.#descriptions = descriptions
  }

  completed(tag: string, allowed: AllowedStatement | undefined): void {
    if (tag === 'DISCARD ALL' || (tag === 'PREPARE' && !allowed?.defines)) this.#descriptions.forget()
    if (allowed?.defines) this.#descriptions.define(allowed)
    if (allowed?.ddl) this.#changed = true
    if (allowed) this.#state.strangers.made(allowed)
    if (allowed?.scrub) this.tainted = true
  }

  /** What SQL prepares stays, also where a DO block did it and where an error followed. */
  prepared(head: Request | undefined): void {
    const allowed =
      head?.kind === 'query'
        ? head.allowed
        : head?.kind === 'execute'
          ? [this.#descriptions.portal(head.portal).allowed]
          : []
    // PREPARE TRANSACTION has no other kind with it.
    const hidden = (statement: AllowedStatement): boolean =>
      !statement.defines && statement.kinds.length > 1 && statement.kinds.includes('prepare')
    if (allowed.some((statement) => statement && hidden(statement))) this.#descriptions.forget()
  }

  transactionEnded(): void {
    // Others see a change of the schema from here on, and so does a new snapshot. One that can't be had leaves the old one
    // in force; whoever needs the new one asks again.
    if (this.#changed) this.#state.guard?.refresh().catch(() => undefined)
    this.#changed = this.tainted = false
    this.#descriptions.transactionEnded()
  }
}
