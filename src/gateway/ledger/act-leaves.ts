import { actsAfter } from '../../store/acts.js'
import { lastActInLedger } from '../../store/ledger-leaves.js'
import type { Store } from '../../store/open.js'
import type { GatewayLedger } from './ledger.js'

/** Acts that are read from the store at once. */
const portion = 500

/**
 * Enters acts: each that the store has, in its order. The store numbers them without gaps and changes none, so one number
 * says how far this has come, and an act whose transaction was rolled back never enters.
 */
export class ActLeaves {
  readonly #db: Store['db']
  readonly #ledger: Pick<GatewayLedger, 'write'>
  #last: number
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  private constructor(db: Store['db'], ledger: Pick<GatewayLedger, 'write'>, last: number) {
    this.#db = db
    this.#ledger = ledger
    this.#last = last
  }

  /** Enters, as late ones, what the last gateway had not come to. @throws {HoopError} STORE_FAILED, LEDGER_FAILED */
  static async open({ db }: Pick<Store, 'db'>, ledger: Pick<GatewayLedger, 'write'>): Promise<ActLeaves> {
    const leaves = new ActLeaves(db, ledger, await lastActInLedger(db))
    await leaves.#enter(true)
    return leaves
  }

  /** Resolves when every act that the store has by now is in the ledger. @throws {HoopError} STORE_FAILED, LEDGER_FAILED */
  entered(): Promise<void> {
    if (!this.#running) return (this.#running = this.#enter().finally(() => (this.#running = undefined)))
    // The run that goes on may have looked already; all who come meanwhile share the one behind it.
    const before = this.#running
    return (this.#next ??= before
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.entered()
      }))
  }

  async #enter(late = false): Promise<void> {
    for (;;) {
      const acts = await actsAfter(this.#db, this.#last, portion)
      await Promise.all(
        acts.map(({ time: at, ...act }) =>
          this.#ledger.write('act', { ...act, at, ...(late && { late: true as const }) }),
        ),
      )
      const last = acts.at(-1)
      if (last) this.#last = last.number
      if (acts.length < portion) return
    }
  }
}
