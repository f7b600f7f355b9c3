import type { Socket } from 'node:net'
import { terminate } from '../../wire/frontend.js'
import { patiently } from './patience.js'
import type { RelayState } from './state.js'

/**
 * Milliseconds that the last error may take to reach the client, whatever that does. With what a message needs to be whole
 * it is under a second, as long as the event loop keeps up.
 */
const LAST_WORD = 600

interface Sides {
  readonly client: Socket
  readonly upstream: Socket
  /** Sends a CancelRequest upstream. */
  readonly cancel: () => Promise<void>
}

/** How a relay leaves its two sides: politely, and not for long. */
export class Farewell {
  readonly #sides: Sides
  readonly #state: RelayState

  constructor(sides: Sides, state: RelayState) {
    this.#sides = sides
    this.#state = state
  }

  /** Cancels what runs or says Terminate, and doesn't wait long for a server that takes neither. */
  upstream(): void {
    const { upstream, cancel } = this.#sides
    if (upstream.destroyed) return
    const gone = (): unknown => upstream.destroy()
    if (this.#state.head() !== undefined) void cancel().finally(gone)
    else if (upstream.writable) upstream.end(terminate(), gone)
    else return void gone()
    setTimeout(gone, LAST_WORD).unref()
  }

  /** Says goodbye, and doesn't wait long for a client that won't close its half. */
  client(last: Buffer = Buffer.alloc(0)): void {
    const { client } = this.#sides
    if (client.writableEnded) return
    client.resume()
    client.end(last, () => this.drop())
    // One that doesn't read may keep its answers waiting, but not the end of its session.
    if (last.length > 0) this.drop()
  }

  /** Doesn't wait for it any longer. */
  drop(): void {
    patiently(LAST_WORD, () => this.#sides.client.destroy())
  }
}
