import type { Logger } from 'pino'
import { request } from 'undici'
import { deadline } from '../../lib/deadline.js'
import { copyLine } from '../../ledger/copied.js'
import { pathIn } from '../host/layout.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { apart } from './copying/apart.js'

/** At most so often a checkpoint goes to one place, milliseconds: of those between, the last one says all. */
const pause = 1000
/** The longest wait before a failed one is tried again. */
const longestPause = 60_000
/** For one attempt. */
const patience = 10_000
/** What is waiting when the gateway stops gets so long. */
const lastCall = 2000

interface Newest {
  readonly checkpoint: string
  readonly size?: bigint
}

export interface CopiesOptions {
  readonly places: readonly string[]
  readonly log: Logger
  readonly metrics: Pick<GatewayMetrics, 'ledger'>
}

const toFolder = async (folder: string, checkpoint: string, signal: AbortSignal): Promise<void> => {
  await apart({ kind: 'add', folder, ...copyLine(checkpoint) }, deadline(patience, signal))
}

const toAddress = async (url: string, checkpoint: string, signal: AbortSignal): Promise<void> => {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'hoop' }
  const answer = await request(url, { method: 'POST', headers, body: checkpoint, signal: deadline(patience, signal) })
  await answer.body.dump()
  if (answer.statusCode < 200 || answer.statusCode > 299) throw new Error(`it answered ${answer.statusCode}`)
}

type Put = (checkpoint: string, signal: AbortSignal) => Promise<void>

/** One place that copies go to. What it doesn't take is tried until it does, or until there is a newer one. */
class Place {
  readonly #put: Put
  readonly #failed: (error: unknown) => void
  readonly #took: () => void
  readonly #stop = new AbortController()
  #newest: Newest | undefined
  #running: Promise<void> | undefined
  #wake: (() => void) | undefined
  #isClosing = false
  taken = 0

  constructor(put: Put, failed: (error: unknown) => void, took: () => void) {
    this.#put = put
    this.#failed = failed
    this.#took = took
  }

  publish(newest: Newest): void {
    this.#newest = newest
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    let wait = pause
    while (this.#newest && !this.#stop.signal.aborted) {
      const { checkpoint, size } = this.#newest
      this.#newest = undefined
      try {
        await this.#put(checkpoint, this.#stop.signal)
        if (size !== undefined) this.taken = Number(size)
        wait = pause
        this.#took()
      } catch (error) {
        this.#failed(error)
        this.#newest ??= { checkpoint, ...(size !== undefined && { size }) }
        wait = Math.min(wait * 2, longestPause)
      }
      if (!this.#isClosing) await this.#rest(wait)
    }
    this.#running = undefined
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** The newest is tried once more, within a bound. */
  async close(): Promise<void> {
    this.#isClosing = true
    const timer = setTimeout(() => this.#stop.abort(), lastCall)
    this.#wake?.()
    await this.#running
    clearTimeout(timer)
  }
}

/** Puts each checkpoint where it is out of the gateway's reach. Nobody waits for that. */
export class Copies implements AsyncDisposable {
  readonly #places: readonly Place[]

  constructor({ places, log, metrics }: CopiesOptions) {
    this.#places = places.map((place, copy) => {
      const put = (checkpoint: string, signal: AbortSignal) =>
        place.startsWith('file:') ? toFolder(pathIn(place), checkpoint, signal) : toAddress(place, checkpoint, signal)
      const failed = (error: unknown): void => {
        const { code, message } = error as NodeJS.ErrnoException
        metrics.ledger.copiesFailed++
        // An address can be a secret: which copy it is, is said by its place in the configuration.
        log.warn({ copy, why: code ?? message }, 'a copy of the ledger’s checkpoint was not taken; it is tried again')
      }
      return new Place(put, failed, () => (metrics.ledger.copied = Math.min(...this.#places.map(({ taken }) => taken))))
    })
  }

  publish(newest: Newest): void {
    for (const place of this.#places) place.publish(newest)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#places.map((place) => place.close()))
  }
}
