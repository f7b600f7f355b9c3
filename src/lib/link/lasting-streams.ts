import type { Http2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Carriage, LastingStream } from './lasting-stream.js'
import { Positions } from './positions.js'

/** Bytes that are kept of each stream until the other side has confirmed them; beyond, writers wait. */
export const MOST_UNCONFIRMED = 1024 * 1024

/** The streams on one link that outlive it. */
export class LastingStreams implements Disposable {
  readonly #streams = new Map<number, { readonly stream: LastingStream; readonly carrier: Http2Stream }>()
  readonly #positions: Positions
  readonly #lost: () => Error | undefined

  /**
   * @param control the link's first stream
   * @param lost whether the link is lost
   * @param lie the other side says what can't be
   */
  constructor(control: Duplex, lost: () => Error | undefined, lie: () => void) {
    this.#lost = lost
    this.#positions = new Positions(control, (id, position) => this.#heard(id, position), lie)
  }

  /** @param first what has been sent on the carrier */
  begin(stream: LastingStream, carrier: Http2Stream, first?: Buffer): void {
    stream.begin(this.#carriage(stream, carrier), first)
  }

  /** @param position up to which the other side has received */
  resume(stream: LastingStream, carrier: Http2Stream, position: number): void {
    stream.resumeOn(this.#carriage(stream, carrier), position)
  }

  [Symbol.dispose](): void {
    this.#positions[Symbol.dispose]()
  }

  #carriage(stream: LastingStream, carrier: Http2Stream): Carriage {
    const id = carrier.id ?? 0
    this.#streams.set(id, { stream, carrier })
    carrier.once('close', () => {
      this.#streams.delete(id)
      this.#positions.forget(id)
    })
    return { carrier, lost: this.#lost, received: () => this.#positions.received(id, stream) }
  }

  #heard(id: number, position: number): boolean {
    const found = this.#streams.get(id)
    // It has left, or is on another link by now.
    if (!found?.stream.isOn(found.carrier)) return true
    return found.stream.confirmed(position)
  }
}
