import { flush, sync } from '../../wire/frontend.js'
import type { Outbox } from '../../wire/outbox.js'
import type { RelayState } from './state.js'

/**
 * What was sent since the last Sync: messages that keep a transaction open, with its locks, and whose replies the server
 * may keep back.
 */
export class OpenPipeline {
  readonly #state: RelayState
  readonly #out: Outbox
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

  /** A Sync of ours, so that what was only prepared holds no locks. Never where something is bound: it would end that. */
  sync(): void {
    this.#holds = 'nothing'
    this.#state.push({ kind: 'sync', ghost: false, own: true })
    this.#out.put(sync())
  }
}
