import { HEADER } from '../../../wire/cutter.js'

/** Bytes of a DataRow in front of its first value: the header, and how many values there are. */
const BEFORE = HEADER + 2

/**
 * Counts what each column of a result held as it left: values that aren't NULL, and their bytes.
 * @see PostgreSQL documentation, "Message Formats", DataRow
 */
export class ColumnCounts {
  readonly values: number[]
  readonly bytes: number[]
  readonly #columns: number
  /** Of a message that comes in pieces: bytes to pass over, the column, and the part of its length that is there. */
  #skip = 0
  #column = 0
  #length = 0
  #digits = 0

  constructor(columns: number) {
    this.#columns = columns
    this.values = new Array<number>(columns).fill(0)
    this.bytes = new Array<number>(columns).fill(0)
  }

  /** Whole messages, one behind the other. */
  rows(buffer: Buffer, start: number, end: number): void {
    for (let at = start; at + BEFORE <= end;) {
      const stop = at + 1 + word(buffer, at + 1)
      at += BEFORE
      for (let column = 0; column < this.#columns && at + 4 <= stop; column++) {
        const length = word(buffer, at)
        at += 4
        if (length < 0) continue
        this.values[column]!++
        this.bytes[column]! += length
        at += length
      }
      at = stop
    }
  }

  /** A piece of one message. @param first whether the message begins with it */
  piece(buffer: Buffer, start: number, end: number, first: boolean): void {
    if (first) {
      this.#skip = BEFORE
      this.#column = this.#length = this.#digits = 0
    }
    for (let at = start; at < end;) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, end - at)
        this.#skip -= passed
        at += passed
        continue
      }
      this.#length = (this.#length << 8) | buffer[at++]!
      if (++this.#digits === 4) this.#value()
    }
  }

  #value(): void {
    if (this.#length >= 0 && this.#column < this.#columns) {
      this.values[this.#column]!++
      this.bytes[this.#column]! += this.#length
      this.#skip = this.#length
    }
    this.#column++
    this.#length = this.#digits = 0
  }
}

const word = (buffer: Buffer, at: number): number =>
  (buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!
