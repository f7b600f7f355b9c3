import type { HoldScope } from '../../lib/api/holds.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { RetentionLimits } from '../../policy/config/sections/retention.js'
import { lyingFile, removeRecording } from '../../recording/removal.js'
import { recordingPath } from '../../recording/paths.js'
import { StockTaking } from '../../recording/stock.js'
import { type KeptSession, noteRetired, type UnfinishedRemoval, unfinishedRemovals } from '../../store/removals.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { agreedHolds } from './agreed-holds.js'
import { whyAltered, endsOf } from './ends.js'
import type { Erasing } from './erasing.js'
import { onlyThis } from './only-this.js'
import { retiredLeaf } from './retired-by.js'
import { theirs } from './whose.js'
import { Retiring, type RetiringOptions, type Rule } from './retiring.js'

/** Milliseconds between two runs. */
const every = 600_000
/** After a start, milliseconds: sessions come first. */
const soon = 5_000

export interface RetentionOptions extends RetiringOptions {
  readonly limits: RetentionLimits
  readonly metrics: Pick<GatewayMetrics, 'retention'>
  /** Finishes what is being erased. */
  readonly erasing: Pick<Erasing, 'finish'>
}

/** Keeps recordings for as long, and as many, as the configuration says. In the background; no session waits for it. */
export class Retention implements AsyncDisposable {
  readonly #options: RetentionOptions
  readonly #retiring: Retiring
  readonly #stock: StockTaking
  /** The ledger may have removals that aren't finished. */
  #isUnfinished = true
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#retiring = new Retiring(options)
    this.#stock = new StockTaking(options.recordings)
  }

  begin(): void {
    this.#arm(soon)
  }

  /** One run; those who come meanwhile share it. Never throws: what failed is logged, counted and tried again. */
  run(): Promise<void> {
    return (this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#isUnfinished = true
        this.#options.metrics.retention.failures++
        this.#options.log.error({ err: asHoopError(error) }, 'retention has not come to its end; it is tried again')
      })
      .finally(() => (this.#running = undefined)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  #arm(after: number): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => void this.run().then(() => this.#arm(every)), after).unref()
  }

  async #run(): Promise<void> {
    const { limits, metrics, isTaken } = this.#options
    if (isTaken()) return
    if (this.#isUnfinished) await this.#finish()
    const { age, size } = limits
    if (age !== null) await this.#retire({ why: 'age', limit: age }, Date.now() - age, Infinity)
    let stock = await this.#stock.take()
    if (size !== null && stock.bytes > size) {
      await this.#retire({ why: 'size', limit: size }, undefined, stock.bytes - size)
      stock = await this.#stock.take()
    }
    Object.assign(metrics.retention, stock)
  }

  /** @param most bytes, at least */
  async #retire(rule: Rule, endedBefore: number | undefined, most: number): Promise<void> {
    const { metrics, log, isTaken } = this.#options
    let [recordings, left, after]: [number, number, KeptSession | undefined] = [0, most, undefined]
    while (left > 0 && !this.#isStopped && !isTaken()) {
      const filter = { ...(endedBefore !== undefined && { endedBefore }), after }
      const done = await this.#retiring.next(rule, filter, left)
      left -= done.bytes
      recordings += done.recordings
      metrics.retention.removed[rule.why] += done.recordings
      after = done.last
      if (!after) break
    }
    if (recordings > 0) log.info({ ...rule, recordings }, 'recordings were removed by retention')
  }

  /** What a gateway was stopped in: the ledger has it, and the file, or what else goes, may be there. */
  async #finish(): Promise<void> {
    const { db, turns, ledger, log, erasing, metrics } = this.#options
    let isLeft = false
    const finish = async (removal: UnfinishedRemoval): Promise<void> => {
      const { id: session, how, leaf } = removal
      const holds = await agreedHolds(db, ledger)
      const done = await onlyThis(async () => ({
        why: await (how === 'erased' ? erasing.finish(leaf, session, holds) : this.#finishRetired(removal, holds)),
      })).catch((error: unknown) => {
        if (!(error instanceof HoopError) || error.code !== 'RECORDING_FAILED') throw error
        // A file that can't be removed now is tried again, and holds up no other.
        isLeft = true
        metrics.retention.failures++
        return { why: `${error.code}: ${error.message}` }
      })
      const { why } = done
      if (!why) log.warn({ session, how }, 'a removal that was begun before is finished')
      else
        log.error(
          { session, how, why },
          'a removal that was begun before is not finished: look at it with hoop audit verify',
        )
    }
    const begun = await turns.take(async () => unfinishedRemovals(db, await agreedHolds(db, ledger)))
    // Whoever wants to place a hold waits for one of them; it is asked for again before each.
    for (const removal of begun) await turns.take(() => finish(removal))
    this.#isUnfinished = isLeft
  }

  /** The row in the store only says where to look: the leaf itself has to say it, of the recording that lies there. */
  async #finishRetired(
    { id, leaf, ...session }: UnfinishedRemoval,
    holds: readonly HoldScope[],
  ): Promise<string | undefined> {
    const { db, recordings, ledger, damage } = this.#options
    const said = await retiredLeaf(ledger, leaf, id)
    if (!said) {
      damage.report(`ledger_leaves ${leaf}`, `which does not say that the recording of session ${id} was to go`)
      return 'the ledger does not say that it was to go'
    }
    const path = recordingPath(recordings, id, said.startedAt)
    const file = await lyingFile(path)
    const known = { session: { ...session, id }, end: (await endsOf(db, ledger, [id], damage)).get(id), ledger }
    const why =
      file && ((await whyAltered({ ...known, path, file })) ?? (await theirs({ ...known, db, holds, path })).why)
    if (why !== undefined) return why
    await removeRecording(path)
    await noteRetired(db, [id], Date.now())
    return undefined
  }
}
