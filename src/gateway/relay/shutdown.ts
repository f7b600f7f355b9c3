import type { Duplex } from 'node:stream'
import { goodbye } from './journal.js'
import { send } from './writing.js'

/**
 * Milliseconds that the last error may take to reach the client, whatever that does. With what a message needs to be whole
 * it is under a second, as long as the event loop keeps up.
 */
const LAST_WORD = 600

/** Milliseconds that a message which has gone out in part may take to be whole, before the last error. */
export const LAST_MESSAGE = 250

/** Parts of a wait. Between two of them the event loop reads and writes what it can. */
const PARTS = 5

/**
 * Waits, as setTimeout does, for somebody who has something to do, but leaves out of account what the event loop was too
 * busy to notice: where hundreds of sessions end together, a plain timer would run out before their sockets had a turn.
 * @param milliseconds on an event loop that keeps up; longer on one that doesn't
 */
export const patiently = (milliseconds: number, then: () => void): void => {
  let left = PARTS
  const part = (): void => {
    left -= 1
    if (left < 0) then()
    else setTimeout(part, milliseconds / PARTS).unref()
  }
  part()
}

interface Sides {
  readonly client: Duplex
  readonly upstream: Duplex
  /** Sends a CancelRequest upstream. */
  readonly cancel: () => Promise<void>
}

/** How a relay leaves its two sides: politely, and not for long. */
export class Shutdown {
  readonly #sides: Sides

  constructor(sides: Sides) {
    this.#sides = sides
  }

  /** Cancels what runs or says Terminate, and doesn't wait long for a server that takes neither. @param owed it runs something */
  upstream(owed: boolean): void {
    const { upstream, cancel } = this.#sides
    if (upstream.destroyed) return
    const gone = (): unknown => upstream.destroy()
    if (owed) void cancel().finally(gone)
    else if (upstream.writable) {
      send(upstream, goodbye)
      upstream.end(gone)
    } else return void gone()
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
