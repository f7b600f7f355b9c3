import type { Socket } from 'node:net'
import { asLongAs } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import type { LinkStream } from '../../lib/link/stream.js'
import type { GatewayClient } from '../api/client.js'
import { NotTaken } from './answer.js'
import { Link } from './link.js'
import { openUpgrade } from './upgrade.js'

/** What carries a PostgreSQL connection to the gateway. */
export type Stream = Socket | LinkStream

/** Milliseconds after which a gateway that had no HTTP/2 is asked for it again: it may have been upgraded. */
const forgets = 300_000

/** Links that are tried for one stream: the one that is there may take no more of them by the time. */
const TRIES = 3

export interface StreamRequest {
  readonly grant: string
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
    for (let tries = 0; tries < TRIES; tries++) {
      const link = await asLongAs(this.#link(grant), signal)
      if (!link) break
      try {
        return await link.stream(grant, first, headers, signal)
      } catch (error) {
        if (!(error instanceof NotTaken)) throw error
      }
    }
    const socket = await openUpgrade(this.#client, grant, signal, headers)
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
    if (link) this.#links.add(link)
    else this.#withoutUntil = performance.now() + forgets
    return link
  }
}
