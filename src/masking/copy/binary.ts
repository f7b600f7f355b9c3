import { malformedCopy, type CopyRows, type CopyValues } from './rows.js'
import { replace, replacement, type Replacement } from '../framed.js'
import type { Sink } from '../sink.js'
import type { CopyShape } from '../types.js'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const HEADER = SIGNATURE.length + 8

/** Stands where a row's number of columns would. */
const TRAILER = -1

/** Flags from bit 16 on change the format; the header's extension has had none so far. */
const CRITICAL = 0xffff0000
const MAX_EXTENSION = 65_536

class BinaryRows implements CopyRows {
  masked = 0
  rows = 0
  complete = false
  #begun = false
  readonly #replacements: readonly (Replacement | undefined)[]

  constructor(masks: CopyValues) {
    this.#replacements = masks.map((mask) => mask && replacement(mask))
  }

  mask(sink: Sink, buffer: Buffer, start: number, end: number): number {
    let at = start
    if (!this.#begun) {
      at = this.#afterHeader(buffer, start, end)
      if (at < 0) return start
      this.#begun = true
      sink.copy(buffer, start, at)
    }
    for (;;) {
      const next = this.#afterRow(buffer, at, end)
      if (next < 0) return at
      if (buffer.readInt16BE(at) === TRAILER) {
        this.complete = true
        sink.copy(buffer, at, next)
      } else this.#row(sink, buffer, at, next)
      at = next
    }
  }

  grown(buffer: Buffer, _from: number, end: number): boolean {
    return (this.#begun ? this.#afterRow(buffer, 0, end) : this.#afterHeader(buffer, 0, end)) >= 0
  }

  /** @returns -1 where it isn't all there */
  #afterHeader(buffer: Buffer, start: number, end: number): number {
    const given = Math.min(SIGNATURE.length, end - start)
    if (buffer.compare(SIGNATURE, 0, given, start, start + given) !== 0) throw malformedCopy('not the binary format')
    if (end - start < HEADER) return -1
    const flags = buffer.readUInt32BE(start + SIGNATURE.length)
    const extension = buffer.readUInt32BE(start + SIGNATURE.length + 4)
    if ((flags & CRITICAL) !== 0 || extension > MAX_EXTENSION)
      throw malformedCopy('an unknown kind of the binary format')
    const after = start + HEADER + extension
    return after > end ? -1 : after
  }

  /** Behind the row or trailer at `start`. @returns -1 where it isn't all there */
  #afterRow(buffer: Buffer, start: number, end: number): number {
    if (this.complete && start < end) throw malformedCopy('goes on behind its trailer')
    if (start + 2 > end) return -1
    const columns = buffer.readInt16BE(start)
    let at = start + 2
    if (columns === TRAILER) return at
    if (columns !== this.#replacements.length) throw malformedCopy('another number of columns than described')
    for (let column = 0; column < columns; column++) {
      if (at + 4 > end) return -1
      const length = buffer.readInt32BE(at)
      if (length < -1) throw malformedCopy('a value has a negative length')
      at += 4 + Math.max(length, 0)
      if (at > end) return -1
    }
    return at
  }

  /** `start` to `end` is known to be one row. */
  #row(sink: Sink, buffer: Buffer, start: number, end: number): void {
    let at = start + 2
    let copied = start
    for (const replaced of this.#replacements) {
      const length = buffer.readInt32BE(at)
      const value = at + 4
      at = value + Math.max(length, 0)
      if (!replaced || !replace(replaced, sink, buffer, copied, value, length)) continue
      copied = at
      this.masked++
    }
    sink.copy(buffer, copied, end)
    this.rows++
  }
}

/** COPY's binary format. @see PostgreSQL documentation, "COPY", "Binary Format" */
export const binaryRows = (_shape: CopyShape, masks: CopyValues): CopyRows => new BinaryRows(masks)
