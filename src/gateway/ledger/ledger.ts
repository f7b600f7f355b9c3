import type { Logger } from 'pino'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { Leaf, LeafContents, LeafKind } from '../../ledger/leaves.js'
import { loadLedgerKeys } from '../../ledger/log/key-file.js'
import { LedgerLog, type Published } from '../../ledger/log/log.js'
import { parseCheckpointText } from '../../ledger/note/checkpoint.js'
import { parseNote } from '../../ledger/note/note.js'
import type { StoreSeals } from '../../ledger/seals.js'
import { adoptLedger, noteLeaves } from '../../store/ledger-leaves.js'
import type { Store } from '../../store/open.js'
import { WriteQueue } from '../../store/write-queue.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { assertCopies } from './assert-copies.js'
import { Copies } from './copies.js'
import type { Newest } from './place.js'
import { type WitnessPlace, Witnesses } from './witnesses.js'
import { catchUp, compareAll, knownLeaf, type Stock } from './catch-up.js'
import type { StoreDamage } from './damage.js'
import { EnteredHolds } from './held.js'
import { SealedBy } from './sealed-by.js'
import { keepResume } from './resume.js'

export interface LedgerOptions {
  /** Held by this gateway alone. */
  readonly folder: string
  /** Path of the keys' file, which is there. */
  readonly keys: string
  /** As the configuration has them. */
  readonly copies: readonly string[]
  readonly witnesses?: readonly WitnessPlace[]
  readonly store: Pick<Store, 'db'>
  readonly log: Logger
  readonly metrics: Pick<GatewayMetrics, 'ledger'>
  /** By the same keys: what the store's rows are sealed with. */
  readonly seals: Pick<StoreSeals, 'take' | 'accept'>
  readonly damage: Pick<StoreDamage, 'report'>
  /** Leaves up to which a start reads all of them. */
  readonly most?: bigint | undefined
}

/** So many leaves apart it is kept how things stand: a start reads no more than these, and what came since. */
const often = 10_000n

/** Told that nothing can be proved any more: sessions have to end. */
export type LedgerFailed = (error: HoopError) => void

/** The gateway's one ledger: what is written here can be proved. */
export class GatewayLedger implements AsyncDisposable {
  readonly #options: LedgerOptions
  readonly #log: LedgerLog
  readonly #copies: readonly (Copies | Witnesses)[]
  readonly #notes: WriteQueue
  readonly #listeners: (() => void)[]
  /** What was in it when it was opened. */
  readonly stock: Stock
  /** What is on hold by its own leaves. */
  readonly holds: EnteredHolds
  readonly #sealedBy: SealedBy
  #failed: LedgerFailed = () => undefined
  #keeping: Promise<unknown> = Promise.resolve()
  #isDamaged: HoopError | undefined
  #isClosed = false

  private constructor(
    options: LedgerOptions,
    log: LedgerLog,
    copies: readonly (Copies | Witnesses)[],
    notes: WriteQueue,
    stock: Stock,
    listeners: (() => void)[],
    holds: EnteredHolds,
    sealedBy: SealedBy,
  ) {
    this.holds = holds
    this.#sealedBy = sealedBy
    this.#listeners = listeners
    this.stock = stock
    this.#options = options
    this.#log = log
    this.#copies = copies
    this.#notes = notes
  }

  /**
   * Goes on where it was; begins one where there is none.
   * @throws {HoopError} LEDGER_FAILED; LEDGER_DAMAGED where it is not what it was: signing on would hide that
   */
  static async open(options: LedgerOptions): Promise<GatewayLedger> {
    const { folder, store, log, metrics, seals, damage, copies: places } = options
    const keys = await loadLedgerKeys(options.keys)
    const notes = new WriteQueue(store.db)
    const copies = [
      new Copies({ places, log, metrics }),
      new Witnesses({ places: options.witnesses ?? [], folder, log, metrics }),
    ]
    const listeners: (() => void)[] = []
    const holds = new EnteredHolds()
    const sealedBy = new SealedBy()
    let lastAct = 0
    let keep: (checkpoint: string) => void = () => undefined
    const publish = (newest: Newest): void => copies.forEach((each) => each.publish(newest))
    const published = ({ leaves, size, checkpoint }: Published): void => {
      metrics.ledger.size = Number(size)
      for (const { leaf } of leaves) {
        holds.add(leaf)
        sealedBy.add(leaf)
        if (leaf.kind === 'act') lastAct = Math.max(lastAct, leaf.number)
      }
      if (size / often !== (size - BigInt(leaves.length)) / often) keep(checkpoint)
      publish({ checkpoint, size })
      for (const listener of listeners) listener()
      // What isn't noted here is noted at the next start, from the ledger itself.
      void notes
        .push((transaction) =>
          noteLeaves(
            transaction,
            leaves.map(({ index, leaf }) => knownLeaf(index, leaf)),
          ),
        )
        .catch((err: unknown) => log.error({ err }, 'leaves of the ledger were not noted in the store'))
    }
    await assertCopies(folder, places, keys)
    const opened = await LedgerLog.open({ folder, keys, published })
    await adoptLedger(store.db, keys.origin)
    const { most } = options
    const reading = { folder, db: store.db, checkpoint: opened.checkpoint, keys, holds, sealedBy, damage, most }
    const stock = await catchUp(reading)
    lastAct = Math.max(lastAct, stock.lastAct)
    await opened.rotate(keys)
    for (const vkey of sealedBy.formerKeys) seals.accept(vkey)
    if (opened.checkpoint !== undefined) publish({ checkpoint: opened.checkpoint })
    const ledger = new GatewayLedger(options, opened, copies, notes, stock, listeners, holds, sealedBy)
    keep = (checkpoint) => ledger.#keepResume(checkpoint, lastAct)
    if (opened.checkpoint !== undefined) keep(opened.checkpoint)
    if (stock.unread > 0n) void compareAll(reading).catch((error: unknown) => ledger.#damaged(error))
    return ledger
  }

  /** The ledger's name. */
  get origin(): string {
    return this.vkey.slice(0, this.vkey.indexOf('+'))
  }

  /** The key that signs, as those need it who check. */
  get vkey(): string {
    return this.#log.vkey
  }

  get checkpoint(): string | undefined {
    return this.#log.checkpoint
  }

  get folder(): string {
    return this.#options.folder
  }

  /** Leaves under the checkpoint. */
  get size(): number {
    const { checkpoint } = this
    return checkpoint === undefined ? 0 : Number(parseCheckpointText(parseNote(checkpoint).text).size)
  }

  /** Who is told when there are new leaves under a checkpoint. Must not throw, nor take long. */
  whenPublished(published: () => void): void {
    this.#listeners.push(published)
  }

  /** Who is told when it can't be written. */
  whenFailed(failed: LedgerFailed): void {
    this.#failed = failed
  }

  /**
   * @returns the leaf's place, once it is on disk under a signed checkpoint
   * @throws {HoopError} LEDGER_FAILED, LEDGER_DAMAGED
   */
  async write<Kind extends LeafKind>(kind: Kind, content: LeafContents[Kind]): Promise<bigint> {
    const leaf = { kind, time: new Date().toISOString(), ...content } as unknown as Leaf
    if (this.#isDamaged) throw this.#isDamaged
    try {
      return await this.#log.append(leaf)
    } catch (thrown) {
      const error = asHoopError(thrown, 'LEDGER_FAILED')
      this.#options.metrics.ledger.failures++
      this.#options.log.error({ err: error }, 'the ledger could not be written')
      this.#failed(error)
      throw error
    }
  }

  /** Never throws: without it the next start reads more. */
  #keepResume(checkpoint: string, lastAct: number): void {
    const { folder, log } = this.#options
    const { began } = this.stock
    if (began === undefined) return
    const { size, root } = parseCheckpointText(parseNote(checkpoint).text)
    const { isSealed, formerKeys } = this.#sealedBy
    const state = { size, root, lastAct, began, holds: this.holds.inForce, isSealed, formerKeys }
    this.#keeping = this.#keeping
      // The store has these leaves first: after a kill it would lack some, and the next start would read everything.
      .then(() => this.#notes.settled())
      .then(async () => keepResume(folder, await loadLedgerKeys(this.#options.keys), state))
      .catch((err: unknown) => log.warn({ err }, 'it was not kept how far the ledger has come'))
  }

  /** What the start had no time for has shown that store and ledger differ. */
  #damaged(thrown: unknown): void {
    if (this.#isClosed) return
    const error = asHoopError(thrown, 'LEDGER_DAMAGED')
    if (error.code === 'STORE_FAILED') {
      this.#options.log.error(
        { err: error },
        'the ledger could not be compared with the store; the next start tries again',
      )
      return
    }
    this.#isDamaged = error
    this.#options.metrics.ledger.failures++
    this.#options.log.error({ err: error }, 'the ledger and the store differ: nothing more is run')
    this.#failed(error)
  }

  /** Takes contents and salts of leaves out of the files. @throws {HoopError} LEDGER_FAILED, LEDGER_DAMAGED */
  empty(leaves: readonly number[]): Promise<void> {
    return this.#log.empty(leaves.map(BigInt))
  }

  /** Resolves when the store knows of every leaf. */
  noted(): Promise<void> {
    return this.#notes.settled()
  }

  /** Takes up keys that were rotated. Never throws. */
  async reloadKeys(): Promise<void> {
    try {
      const keys = await loadLedgerKeys(this.#options.keys)
      // Rows are sealed by the new key before the ledger knows of it: a stop in between leaves none that it doesn't know.
      this.#options.seals.take(keys)
      await this.#log.rotate(keys)
    } catch (err) {
      this.#options.log.error({ err }, 'the ledger’s key that was in force stays in force')
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#log.settled()
    await this.#notes.settled()
    await this.#keeping
    await Promise.all(this.#copies.map((each) => each[Symbol.asyncDispose]()))
  }
}
