const none: readonly Buffer[] = []

/**
 * Collects what goes out for one batch of input: spans of the input that stay as they are, with no copy, and messages of
 * our own between them. Neighbouring spans become one.
 */
export class Outbox {
  #ready: Buffer[] = []
  #buffer: Buffer | undefined
  #start = 0
  #end = 0

  /** Passes `buffer[start, end)` on as it is. */
  keep(buffer: Buffer, start: number, end: number): void {
    if (this.#buffer === buffer && this.#end === start) {
      this.#end = end
      return
    }
    this.#close()
    this.#buffer = buffer
    this.#start = start
    this.#end = end
  }

  put(own: Buffer): void {
    if (own.length === 0) return
    this.#close()
    this.#ready.push(own)
  }

  discard(): void {
    this.#ready = []
    this.#buffer = undefined
  }

  /** Takes everything out, in order. */
  take(): readonly Buffer[] {
    this.#close()
    const ready = this.#ready
    if (ready.length === 0) return none
    this.#ready = []
    return ready
  }

  #close(): void {
    if (this.#buffer === undefined) return
    this.#ready.push(
      this.#start === 0 && this.#end === this.#buffer.length
        ? this.#buffer
        : this.#buffer.subarray(this.#start, this.#end),
    )
    this.#buffer = undefined
  }
}
