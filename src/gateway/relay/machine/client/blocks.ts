import type { Outbox } from '../../../../wire/outbox.js'

/** What is longer goes out as it is. Bytes. */
const LONG = 4_096

/** How much goes out at once. Bytes. */
const BLOCK = 65_536

/** Copies many small messages into few buffers: a text of 20,000 statements would be ten times as many writes. */
export class Blocks {
  readonly #out: Outbox
  #block = Buffer.allocUnsafeSlow(BLOCK)
  #used = 0

  constructor(out: Outbox) {
    this.#out = out
  }

  put(own: Buffer): void {
    if (own.length > LONG) {
      this.end()
      return this.#out.put(own)
    }
    if (this.#used + own.length > BLOCK) this.end()
    this.#used += own.copy(this.#block, this.#used)
  }

  /** All of it goes out. */
  end(): void {
    if (this.#used === 0) return
    this.#out.put(this.#block.subarray(0, this.#used))
    this.#block = Buffer.allocUnsafeSlow(BLOCK)
    this.#used = 0
  }
}
