/** Where so many chunks wait, shorter ones are gathered in blocks: what a Buffer costs besides would be more than its bytes. */
const MANY = 64
const SHORT = 4 * 1024
const BLOCK = 32 * 1024

/** Bytes that were sent and may have to be sent again, in the order in which they were. */
export class Unconfirmed implements Iterable<Buffer> {
  #chunks: Buffer[] = []
  /** Chunks at the front that are confirmed, and not taken out yet. */
  #gone = 0
  /** Position of the first byte that is kept. */
  #base = 0
  #length = 0
  /** The block that the last chunk is in, and up to where it is written. */
  #block: Buffer | undefined
  #written = 0

  /** Bytes kept. */
  get length(): number {
    return this.#length
  }

  add(chunk: Buffer): void {
    this.#length += chunk.length
    if (chunk.length < SHORT && this.#chunks.length - this.#gone >= MANY) this.#gather(chunk)
    else this.#chunks.push(chunk)
  }

  #gather(chunk: Buffer): void {
    const last = this.#chunks.at(-1)!
    const block = this.#block
    const end = block && block.byteOffset + this.#written
    const continues = block !== undefined && last.buffer === block.buffer && last.byteOffset + last.length === end
    if (continues && this.#written + chunk.length <= block.length) {
      chunk.copy(block, this.#written)
      this.#written += chunk.length
      this.#chunks[this.#chunks.length - 1] = Buffer.from(block.buffer, last.byteOffset, last.length + chunk.length)
      return
    }
    const next = (this.#block = Buffer.allocUnsafeSlow(BLOCK))
    this.#written = chunk.copy(next)
    this.#chunks.push(next.subarray(0, this.#written))
  }

  /** Whether the other side can have received up to there, and what comes behind is still here. */
  holds(position: number): boolean {
    return Number.isSafeInteger(position) && position >= this.#base && position <= this.#base + this.#length
  }

  /** The other side has received all before a position that this `holds`. */
  confirm(position: number): void {
    let confirmed = position - this.#base
    this.#base = position
    this.#length -= confirmed
    while (confirmed > 0) {
      const first = this.#chunks[this.#gone]!
      if (first.length <= confirmed) {
        this.#gone++
        confirmed -= first.length
      } else {
        this.#chunks[this.#gone] = first.subarray(confirmed)
        confirmed = 0
      }
    }
    if (this.#length === 0) {
      this.#chunks.length = this.#gone = 0
      this.#block = undefined
    } else if (this.#gone > 64) {
      this.#chunks.splice(0, this.#gone)
      this.#gone = 0
    }
  }

  clear(): void {
    this.confirm(this.#base + this.#length)
  }

  *[Symbol.iterator](): Iterator<Buffer> {
    for (let i = this.#gone; i < this.#chunks.length; i++) yield this.#chunks[i]!
  }
}
