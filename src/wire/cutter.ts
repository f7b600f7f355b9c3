import { HoopError } from '../lib/errors.js'

/** Type byte and length word. */
export const HEADER = 5

export interface FrameHandler {
  /**
   * Called once a header is complete and the body is not all there yet.
   * @param length of the body in bytes, without the length word
   * @returns whether the message is wanted whole; otherwise its bytes are passed on in pieces as they come
   * @throws {HoopError} where the type is unknown or the length is out of its bounds
   */
  whole(tag: number, length: number): boolean
  /** One whole message at `buffer[start, end)`, header included. */
  frame(tag: number, buffer: Buffer, start: number, end: number): void
  /** A piece of a message that is not wanted whole; `first` marks the one that starts with the header. */
  piece(tag: number, buffer: Buffer, start: number, end: number, first: boolean, last: boolean): void
  /** Looked at behind each whole message: the cutter stops there and leaves the rest of its chunk to the caller. */
  readonly paused?: boolean
}

/** Counts bytes of unfinished messages over all sessions, so that many half-sent large ones can't exhaust the memory. */
export class MemoryBudget {
  #held = 0
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether there is room for so many bytes more. */
  has(bytes: number): boolean {
    return this.#held + bytes <= this.#limit
  }

  /** @throws {HoopError} MEMORY_EXHAUSTED */
  take(bytes: number): void {
    if (!this.has(bytes)) throw new HoopError('MEMORY_EXHAUSTED', `${bytes} bytes`)
    this.#held += bytes
  }

  give(bytes: number): void {
    this.#held -= bytes
  }

  get held(): number {
    return this.#held
  }
}

/**
 * Cuts a byte stream into protocol v3 messages without copying what arrives whole: a message that lies inside one chunk
 * is handed over in place. One that spans chunks is copied as it comes into memory of its declared size: a chunk that were
 * kept would keep more than its bytes, and a sender of single bytes would take hundreds of times what it sent.
 * @see PostgreSQL documentation, "Message Formats"
 */
export class Cutter {
  readonly #handler: FrameHandler
  readonly #budget: MemoryBudget
  /** An unfinished header. */
  readonly #header = Buffer.alloc(HEADER)
  /** An unfinished message, as large as it will be; undefined while even the header is unfinished. */
  #message: Buffer | undefined
  /** Bytes that are there of either. */
  #held = 0
  /** A message that is being passed on in pieces: its type and the bytes to come. */
  #streaming = 0
  #streamingTag = 0

  constructor(handler: FrameHandler, budget: MemoryBudget) {
    this.#handler = handler
    this.#budget = budget
  }

  /**
   * @returns what stands behind the message at which the handler paused, to be fed again once it goes on
   * @throws {HoopError} FRAME_LENGTH, MEMORY_EXHAUSTED, and whatever the handler throws; the stream is then unusable
   */
  feed(chunk: Buffer): Buffer | undefined {
    let at = 0
    if (this.#streaming > 0) at = this.#continueStream(chunk)
    else if (this.#held > 0) at = this.#complete(chunk)
    const end = chunk.length
    while (at < end) {
      if (this.#handler.paused) return chunk.subarray(at)
      if (end - at < HEADER) {
        this.#held = chunk.copy(this.#header, 0, at)
        return undefined
      }
      const tag = chunk[at]!
      const size = 1 + declared(chunk, at + 1)
      if (end - at >= size) {
        this.#handler.frame(tag, chunk, at, at + size)
        at += size
      } else {
        if (this.#handler.whole(tag, size - HEADER)) {
          this.#held = chunk.copy(this.#reserve(size), 0, at)
          return undefined
        }
        this.#handler.piece(tag, chunk, at, end, true, false)
        this.#streaming = size - (end - at)
        this.#streamingTag = tag
        return undefined
      }
    }
    return undefined
  }

  /** Gives back what an unfinished message holds. */
  dispose(): void {
    if (this.#message) this.#budget.give(this.#message.length)
    this.#message = undefined
    this.#held = this.#streaming = 0
  }

  #continueStream(chunk: Buffer): number {
    const end = Math.min(chunk.length, this.#streaming)
    this.#streaming -= end
    this.#handler.piece(this.#streamingTag, chunk, 0, end, false, this.#streaming === 0)
    return end
  }

  /** @throws {HoopError} MEMORY_EXHAUSTED */
  #reserve(size: number): Buffer {
    this.#budget.take(size)
    return (this.#message = Buffer.allocUnsafe(size))
  }

  /** Adds what the held message lacks. Returns the offset of the first byte behind it, or the chunk's end. */
  #complete(chunk: Buffer): number {
    let at = 0
    if (!this.#message) {
      at = chunk.copy(this.#header, this.#held)
      this.#held += at
      if (this.#held < HEADER) return at
      const tag = this.#header[0]!
      const size = 1 + declared(this.#header, 1)
      if (size > HEADER && !this.#handler.whole(tag, size - HEADER)) {
        this.#held = 0
        this.#handler.piece(tag, Buffer.from(this.#header), 0, HEADER, true, false)
        this.#streaming = size - HEADER
        this.#streamingTag = tag
        return at + (at < chunk.length ? this.#continueStream(chunk.subarray(at)) : 0)
      }
      this.#header.copy(this.#reserve(size))
    }
    const message = this.#message!
    const copied = chunk.copy(message, this.#held, at)
    this.#held += copied
    if (this.#held === message.length) {
      this.dispose()
      this.#handler.frame(message[0]!, message, 0, message.length)
    }
    return at + copied
  }
}

/** The length word, which counts itself. PostgreSQL's own largest message is just under 1 GB. */
const declared = (buffer: Buffer, at: number): number => {
  const length = buffer.readInt32BE(at)
  if (length < 4 || length > 0x3fff_ffff) throw new HoopError('FRAME_LENGTH', String(length))
  return length
}
