import { actsAfter } from '../../store/acts.js'
import { HoopError } from '../../lib/errors.js'
import { actWithoutLeaf, lastNumber } from '../../store/act-numbers.js'
import type { Store } from '../../store/open.js'
import type { GatewayLedger } from './ledger.js'

/** Acts that are read from the store at once. */
const portion = 500

const notEntered = (number: number, last: number): HoopError =>
  new HoopError('LEDGER_DAMAGED', `the store has an act ${number} that has no leaf, though act ${last} has`, {
    hint: 'The store was altered, or put back while the gateway ran. Keep store and ledger for the investigation, run hoop audit verify, and restore the store from a backup or begin a new ledger.',
  })

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

  /**
   * Enters, as late ones, what the last gateway had not come to.
   * @throws {HoopError} STORE_FAILED, LEDGER_FAILED; LEDGER_DAMAGED where the store has acts that were never entered
   */
  static async open({ db }: Pick<Store, 'db'>, ledger: Pick<GatewayLedger, 'write' | 'stock'>): Promise<ActLeaves> {
    const { lastAct } = ledger.stock
    const bare = await actWithoutLeaf(db, lastAct)
    if (bare !== undefined) throw notEntered(bare, lastAct)
    const leaves = new ActLeaves(db, ledger, lastAct)
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
    // An act that got a number again would pass for one that is entered.
    const number = await lastNumber(this.#db)
    if (number < this.#last) throw notEntered(number, this.#last)
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
