import type { Writable } from 'node:stream'

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

  get empty(): boolean {
    return this.#buffer === undefined && this.#ready.length === 0
  }

  discard(): void {
    this.#ready = []
    this.#buffer = undefined
  }

  /** Writes everything in one go. @returns false where the reader is slow and the caller should wait for `drain` */
  flush(to: Writable): boolean {
    this.#close()
    const ready = this.#ready
    if (ready.length === 0) return true
    this.#ready = []
    if (ready.length === 1) return to.write(ready[0]!)
    to.cork()
    let room = true
    for (const buffer of ready) room = to.write(buffer)
    to.uncork()
    return room
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
