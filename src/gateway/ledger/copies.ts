import type { Logger } from 'pino'
import { request } from 'undici'
import { deadline } from '../../lib/deadline.js'
import { copyLine } from '../../ledger/copied.js'
import { pathIn } from '../host/layout.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { type Newest, Place } from './place.js'
import { apart } from './copying/apart.js'

/** For one attempt. */
const patience = 10_000
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
