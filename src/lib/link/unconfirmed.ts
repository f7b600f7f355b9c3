/** Bytes that were sent and may have to be sent again, in the order in which they were. */
export class Unconfirmed implements Iterable<Buffer> {
  #chunks: Buffer[] = []
  /** Chunks at the front that are confirmed, and not taken out yet. */
  #gone = 0
  /** Position of the first byte that is kept. */
  #base = 0
  #length = 0

  /** Bytes kept. */
  get length(): number {
    return this.#length
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
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
    if (this.#length === 0) this.#chunks.length = this.#gone = 0
    else if (this.#gone > 64) {
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
