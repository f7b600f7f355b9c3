import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { asLongAs } from '../../lib/deadline.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { LastingStream } from '../../lib/link/lasting-stream.js'
import type { LinkStream } from '../../lib/link/stream.js'
import type { GatewayClient } from '../api/client.js'
import { NotTaken } from './answer.js'
import { Link } from './link.js'
import { openUpgrade } from './upgrade.js'

/** What carries a PostgreSQL connection to the gateway. */
export type Stream = Socket | LinkStream | LastingStream

/** Milliseconds after which a gateway that had no HTTP/2 is asked for it again: it may have been upgraded. */
const forgets = 300_000

/** Links that are tried for one stream: the one that is there may take no more of them by the time. */
const TRIES = 3

/** Milliseconds between attempts to resume a stream: the first, and the longest. */
const pauses = { first: 250, longest: 3_000 }

export interface StreamRequest {
  /** A grant that is good now. */
  readonly grant: (signal: AbortSignal) => Promise<string>
  /** What the client has said so far. */
  readonly first: Buffer
  readonly headers?: Record<string, string>
}

/** The links to one gateway: one, as long as it has room. Where HTTP/2 doesn't come through, each stream is an Upgrade. */
export class Links implements AsyncDisposable {
  readonly #client: GatewayClient
  readonly #links = new Set<Link>()
  readonly #stop = new AbortController()
  #opening: Promise<Link | undefined> | undefined
  /** A link has been there: where none comes now, that is the network's doing. */
  #seen = false
  #withoutUntil = -Infinity

  constructor(client: GatewayClient) {
    this.#client = client
  }

  /** Opens a link before somebody waits for it. What goes wrong is told to who does. */
  warm(grant: string): void {
    void this.#link(grant).catch(() => undefined)
  }

  /** Opens a stream. @throws {HoopError} GATEWAY_…, and the gateway's own refusal */
  async open({ grant, first, headers = {} }: StreamRequest, signal: AbortSignal): Promise<Stream> {
    const detached = (stream: LastingStream, id: string): void => void this.#revive(stream, id, grant)
    const token = await grant(signal)
    for (let tries = 0; tries < TRIES; tries++) {
      const link = await asLongAs(this.#link(token), signal)
      if (!link) break
      try {
        return await link.stream({ grant: token, first, headers, detached }, signal)
      } catch (error) {
        if (!(error instanceof NotTaken)) throw error
      }
    }
    const socket = await openUpgrade(this.#client, token, signal, headers)
    socket.write(first)
    return socket
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new HoopError('INTERRUPTED'))
    await Promise.all([...this.#links].map((link) => link.close()))
  }

  async #link(grant: string): Promise<Link | undefined> {
    for (const link of this.#links) {
      link.check()
      if (link.hasRoom) return link
      if (link.isOver) this.#links.delete(link)
    }
    if (performance.now() < this.#withoutUntil) return undefined
    return (this.#opening ??= this.#open(grant).finally(() => (this.#opening = undefined)))
  }

  async #open(grant: string): Promise<Link | undefined> {
    const link = await Link.open(this.#client, grant, this.#stop.signal)
    if (link) {
      this.#links.add(link)
      this.#seen = true
    } else if (!this.#seen) this.#withoutUntil = performance.now() + forgets
    return link
  }

  /** Tries to let a stream go on until it can, is refused, or ends by its own time. */
  async #revive(stream: LastingStream, id: string, grant: StreamRequest['grant']): Promise<void> {
    const over = new AbortController()
    const closed = (): void => {
      over.abort(new HoopError('INTERRUPTED'))
      // Its client has left, and the gateway is to cancel what runs, and not to keep it any longer.
      if (!(stream.errored instanceof HoopError)) void this.#leave(stream, id, grant)
    }
    stream.once('close', closed)
    await this.#resume(stream, id, grant, over.signal)
    stream.off('close', closed)
  }

  async #resume(stream: LastingStream, id: string, grant: StreamRequest['grant'], over: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([over, this.#stop.signal])
    for (let pause = pauses.first; !signal.aborted; pause = Math.min(2 * pause, pauses.longest)) {
      try {
        const token = await asLongAs(grant(signal), signal)
        const link = await asLongAs(this.#link(token), signal)
        const attempt = (stream.attempts += 1)
        if (link) return await link.resume(stream, token, { id, attempt, received: stream.received }, signal)
      } catch (error) {
        if (!signal.aborted && isFinal(error)) return void stream.destroy(lostFor(asHoopError(error)))
      }
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  /** Tells the gateway of a stream that was left while its link was lost. */
  async #leave(stream: LastingStream, id: string, grant: StreamRequest['grant']): Promise<void> {
    const late = AbortSignal.any([AbortSignal.timeout(stream.keep), this.#stop.signal])
    await this.#resume(stream, id, grant, late)
  }
}

/** Whether the gateway has said no, and would again. */
const isFinal = (error: unknown): boolean =>
  error instanceof HoopError && error.http >= 400 && error.http < 500 && error.http !== 408 && error.http !== 429

const lostFor = ({ message }: HoopError): HoopError => new HoopError('NETWORK_LOST', message)
