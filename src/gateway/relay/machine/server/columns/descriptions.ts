import { type Field, readRowDescription } from '../../../../../wire/backend.js'

/** Longer ones are read anew each time. Bytes. */
const LONGEST = 4096

/**
 * Reads RowDescriptions. One that is the last one over again, as with every execution of a prepared statement, gives the
 * same fields: nothing is read, and what was worked out for those fields holds.
 */
export class Descriptions {
  #last = Buffer.alloc(0)
  #fields: readonly Field[] = []

  /** @throws {HoopError} FRAME_INVALID */
  read(buffer: Buffer, start: number, end: number): readonly Field[] {
    const size = end - start
    if (size === this.#last.length && this.#last.compare(buffer, start, end) === 0) return this.#fields
    const fields = readRowDescription(buffer, start, end)
    if (size <= LONGEST) {
      this.#last = Buffer.from(buffer.subarray(start, end))
      this.#fields = fields
    }
    return fields
  }
}
