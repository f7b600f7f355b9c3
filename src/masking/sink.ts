/** Blocks grow from the first to the second size, bytes: most results are small, large ones are worth few allocations. */
const FIRST = 1024
const BLOCK = 64 * 1024

/** Below this many bytes a loop beats the call into the engine. */
const SHORT = 48

/**
 * Growing output for a batch of messages. What `take` returns is never written to again, so it can be handed to a socket
 * while the sink goes on with the rest of its block.
 */
export class Sink {
  #buffer: Buffer = Buffer.alloc(0)
  #block = FIRST
  #base = 0
  #end = 0

  /** Bytes since the last take. Also a mark to come back to with `truncate`. */
  get length(): number {
    return this.#end - this.#base
  }

  copy(from: Buffer, start: number, end: number): void {
    const length = end - start
    if (length <= 0) return
    this.#reserve(length)
    if (length < SHORT) for (let i = start, to = this.#end; i < end; i++) this.#buffer[to++] = from[i]!
    else from.copy(this.#buffer, this.#end, start, end)
    this.#end += length
  }

  put(bytes: Buffer): void {
    this.copy(bytes, 0, bytes.length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#end++] = value
  }

  int32(value: number): void {
    this.#reserve(4)
    this.#end = this.#buffer.writeInt32BE(value, this.#end)
  }

  /** Sets the length word at `mark`, for what has been written behind it. */
  measure(mark: number): void {
    this.#buffer.writeInt32BE(this.length - mark - 4, this.#base + mark)
  }

  /** Begins a protocol message. @returns the mark that `close` or `truncate` wants */
  open(tag: number): number {
    const mark = this.length
    this.byte(tag)
    this.int32(0)
    return mark
  }

  /** Ends the message that was opened at `mark`: sets its length. */
  close(mark: number): void {
    this.#buffer.writeInt32BE(this.length - mark - 1, this.#base + mark + 1)
  }

  /** Forgets everything behind `mark`. */
  truncate(mark: number): void {
    this.#end = this.#base + mark
  }

  /** Everything since the last take. */
  take(): Buffer {
    const taken = this.#buffer.subarray(this.#base, this.#end)
    this.#base = this.#end
    // What one huge value made room for isn't kept for the small ones that follow.
    if (this.#buffer.length > 4 * BLOCK) this.#replace(Buffer.alloc(0))
    return taken
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#buffer.length) return
    const used = this.length
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#block, 2 * (used + length)))
    this.#block = Math.min(BLOCK, 2 * this.#block)
    this.#buffer.copy(grown, 0, this.#base, this.#end)
    this.#replace(grown, used)
  }

  #replace(buffer: Buffer, used = 0): void {
    this.#buffer = buffer
    this.#base = 0
    this.#end = used
  }
}
