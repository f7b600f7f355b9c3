import { randomBytes } from 'node:crypto'
import type { Estimate } from '../../policy/decision.js'
import { type BoundText, closesBehind, runUnder } from '../../wire/explain.js'
import { flush, sync } from '../../wire/frontend.js'
import type { Outbox } from '../../wire/outbox.js'
import { explainOf, type Question } from './estimates.js'
import type { RelayState } from './state.js'

/**
 * What was sent since the last Sync: messages that keep a transaction open, with its locks, and whose replies the server
 * may keep back.
 */
export class OpenPipeline {
  readonly #state: RelayState
  readonly #out: Outbox
  readonly #name = `hoop_estimate_${randomBytes(12).toString('hex')}`
  #holds: 'nothing' | 'prepared' | 'bound' = 'nothing'

  constructor(state: RelayState, out: Outbox) {
    this.#state = state
    this.#out = out
  }

  get holds(): 'nothing' | 'prepared' | 'bound' {
    return this.#holds
  }

  opens(what: 'prepared' | 'bound'): void {
    if (this.#holds !== 'bound') this.#holds = what
  }

  /** By a Sync, or by a simple query, which ends the transaction as well. */
  ended(): void {
    this.#holds = 'nothing'
  }

  /** Has the server send what it keeps. */
  flush(): void {
    if (this.#holds !== 'nothing') this.#out.put(flush())
  }

  /**
   * Asks the planner, in the transaction that is open and under a name that no client uses. Every earlier request must
   * have its reply.
   */
  plan({ sql, folds, scrub }: Question, bound: Omit<BoundText, 'text'>): Promise<Estimate> {
    // The server would plan nothing, and run nothing either.
    if (this.#state.transaction === 'E') return Promise.resolve({ rows: 0 })
    const open = this.#holds === 'bound'
    const { promise, resolve } = Promise.withResolvers<Estimate>()
    this.#state.push({
      ...{ kind: 'estimate', folds, scrub, open, plan: '', planned: false, closes: closesBehind, answer: resolve },
    })
    this.#out.put(runUnder(this.#name, { ...bound, text: explainOf(sql) }))
    if (open) this.#out.put(flush())
    else this.sync()
    return promise
  }

  /** A Sync of ours, so that what was only prepared holds no locks. Never where something is bound: it would end that. */
  sync(): void {
    this.#holds = 'nothing'
    this.#state.push({ kind: 'sync', ghost: false, own: true })
    this.#out.put(sync())
  }
}
