import { actOf, isMade, type SealedAct, sealedActsAfter, sealedActsWithoutLeaf } from '../../store/acts.js'
import { HoopError } from '../../lib/errors.js'
import type { Store } from '../../store/open.js'
import type { Seals } from '../../store/seals.js'
import type { StoreDamage } from './damage.js'
import type { GatewayLedger } from './ledger.js'

/** Acts that are read from the store at once. */
const portion = 500

export interface ActLeavesOptions {
  readonly db: Store['db']
  readonly ledger: Pick<GatewayLedger, 'write' | 'stock'>
  readonly seals: Seals
  readonly damage: Pick<StoreDamage, 'report'>
}

const notAsWritten = (number: number): HoopError =>
  new HoopError('LEDGER_DAMAGED', `act ${number} does not stand in the store as it was written there`, {
    hint: 'Somebody edits the store while the gateway runs. Find out who can, and run hoop audit verify.',
  })

/**
 * Enters acts: each that this gateway has made, as its seal shows, in the store's order. Whatever else the store has is told of, and
 * holds up no other. An act whose transaction was rolled back never enters.
 */
export class ActLeaves {
  readonly #options: ActLeavesOptions
  /** The last that is entered: what comes gets numbers behind it, whatever the store has. */
  #last: number
  /** Numbers of acts that this process has written and not entered yet. */
  readonly #made = new Set<number>()
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  private constructor(options: ActLeavesOptions) {
    this.#options = options
    this.#last = options.ledger.stock.lastAct
  }

  /**
   * Enters, as late ones, what the last gateway had not come to. What an earlier version had left without a seal is taken over once, and
   * marked.
   * @throws {HoopError} STORE_FAILED, LEDGER_FAILED
   */
  static async open(options: ActLeavesOptions): Promise<ActLeaves> {
    const leaves = new ActLeaves(options)
    await leaves.#enterForgotten()
    await leaves.#enter(true)
    return leaves
  }

  get seals(): Seals {
    return this.#options.seals
  }

  /** Number of the last act that is entered. */
  get last(): number {
    return this.#last
  }

  /** An act is being written, within a transaction that somebody else may still roll back. */
  made(number: number): void {
    this.#made.add(number)
  }

  /**
   * Resolves when every act that the store has by now is in the ledger.
   * @param number of one that has to be among them
   * @throws {HoopError} STORE_FAILED, LEDGER_FAILED; LEDGER_DAMAGED where it isn't what was written
   */
  async entered(number?: number): Promise<void> {
    await this.#entered()
    if (number !== undefined && this.#made.delete(number)) throw notAsWritten(number)
  }

  #entered(): Promise<void> {
    if (!this.#running) return (this.#running = this.#enter().finally(() => (this.#running = undefined)))
    // The run that goes on may have looked already; all who come meanwhile share the one behind it.
    const before = this.#running
    return (this.#next ??= before
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#entered()
      }))
  }

  /** Of those from before the last that is entered: two that come together may have been entered in two batches, and one of them not. */
  async #enterForgotten(): Promise<void> {
    const { db } = this.#options
    for (let from = Number.MIN_SAFE_INTEGER; ;) {
      const rows = await sealedActsWithoutLeaf(db, from, this.#last, portion)
      const forgotten = rows.filter((row) => this.#isMade(row, true))
      await Promise.all(forgotten.map((row) => this.#write(row, { late: true })))
      if (rows.length < portion) return
      from = Number(rows.at(-1)!.number)
    }
  }

  async #enter(late = false): Promise<void> {
    const { db, ledger } = this.#options
    const isFirst = late && !ledger.stock.isSealed
    const marks = { ...(late && { late }), ...(isFirst && { unsealed: true as const }) }
    let changed: number | undefined
    // From the last that is entered, not from the last that was looked at: numbers in between may yet be given.
    for (let from = this.#last; ;) {
      const rows = await sealedActsAfter(db, from, portion)
      const entering = rows.filter((row) => this.#isMade(row, !isFirst))
      await Promise.all(
        entering.map((row) => this.#write(row, isMade(row, this.#options.seals) ? { ...(late && { late }) } : marks)),
      )
      changed ??= rows.map((row) => Number(row.number)).find((each) => this.#made.has(each))
      const last = entering.at(-1)
      if (last) this.#last = Number(last.number)
      if (rows.length < portion) break
      from = Number(rows.at(-1)!.number)
    }
    if (changed === undefined) return
    this.#made.delete(changed)
    throw notAsWritten(changed)
  }

  /** @param isSealed what this gateway makes has a seal */
  #isMade(row: SealedAct, isSealed: boolean): boolean {
    const { seals, damage } = this.#options
    if (!isSealed || isMade(row, seals)) return true
    damage.report(`act ${row.number}`, 'which no gateway that has its key has written so')
    return false
  }

  async #write(row: SealedAct, marks: { readonly late?: true; readonly unsealed?: true }): Promise<void> {
    const { time: at, ...act } = actOf(row)
    await this.#options.ledger.write('act', { ...act, at, ...marks })
    this.#made.delete(act.number)
  }
}
