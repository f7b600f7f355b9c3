import { HEADER } from '../../wire/cutter.js'
import type { Outbox } from '../../wire/outbox.js'
import type { RowSink } from './row-sink.js'
import type { Tally } from './tally.js'
import type { CopyToll, Toll } from './toll.js'

/** The size of a message of which at least the header is there. */
const declaredSize = (buffer: Buffer, start: number): number => 1 + buffer.readInt32BE(start + 1)

/** Rows that nobody masks pass as they are, large ones in pieces. */
export class PlainRows implements RowSink {
  readonly whole: boolean
  readonly masked = 0
  readonly tally: Tally
  readonly #toll: Toll | undefined

  constructor(tally: Tally, toll: Toll | undefined) {
    this.tally = tally
    this.whole = toll?.whole ?? false
    this.#toll = toll
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    if (this.#toll?.row(buffer, start, end) === false) return false
    this.tally.rows++
    this.tally.row(buffer, start, end)
    out.keep(buffer, start, end)
    return true
  }

  piece(out: Outbox, buffer: Buffer, start: number, end: number, first: boolean): boolean {
    // Whether it fits is decided before it begins: a row that has left in part can't be taken back.
    if (first && this.#toll?.take(1, declaredSize(buffer, start)) === false) return false
    if (first) this.tally.rows++
    this.tally.stream(buffer, start, end)
    out.keep(buffer, start, end)
    return true
  }

  settle(): void {}

  end(): boolean {
    return true
  }
}

/** The same for COPY. */
export class PlainCopy implements RowSink {
  readonly whole: boolean
  readonly masked = 0
  readonly tally: Tally
  readonly #toll: CopyToll

  constructor(tally: Tally, toll: CopyToll) {
    this.tally = tally
    this.whole = toll.whole
    this.#toll = toll
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    const vectors = this.#toll.vectors(buffer, start, end)
    const rows = this.#toll.rows(end - start - HEADER)
    if (!this.#toll.take(rows, end - start, vectors)) return false
    this.tally.copy(buffer, start, end, rows)
    out.keep(buffer, start, end)
    return true
  }

  piece(out: Outbox, buffer: Buffer, start: number, end: number, first: boolean): boolean {
    if (first) {
      const size = declaredSize(buffer, start)
      const rows = this.#toll.rows(size - HEADER)
      if (!this.#toll.take(rows, size, 0)) return false
      this.tally.rows += rows
    }
    this.tally.copyBytes(buffer, first ? Math.min(end, start + HEADER) : start, end)
    this.tally.stream(buffer, start, end)
    out.keep(buffer, start, end)
    return true
  }

  settle(): void {}

  end(): boolean {
    return true
  }
}
