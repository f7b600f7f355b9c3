import { HEADER } from '../../../wire/cutter.js'
import type { Outbox } from '../../../wire/outbox.js'
import type { RowSink } from './row-sink.js'
import type { ResultDigest } from './result-digest.js'
import type { CopyCounting, RowCounting } from './counting.js'

/** The size of a message of which at least the header is there. */
const declaredSize = (buffer: Buffer, start: number): number => 1 + buffer.readInt32BE(start + 1)

/** Rows that nobody masks pass as they are, large ones in pieces. */
export class PlainRows implements RowSink {
  readonly whole: boolean
  readonly masked = 0
  readonly digest: ResultDigest
  readonly #counting: RowCounting | undefined

  constructor(digest: ResultDigest, counting: RowCounting | undefined) {
    this.digest = digest
    this.whole = counting?.whole ?? false
    this.#counting = counting
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    if (this.#counting?.row(buffer, start, end) === false) return false
    this.digest.rows++
    this.digest.counts?.rows(buffer, start, end)
    this.digest.row(buffer, start, end)
    out.keep(buffer, start, end)
    return true
  }

  piece(out: Outbox, buffer: Buffer, start: number, end: number, first: boolean): boolean {
    // Whether it fits is decided before it begins: a row that has left in part can't be taken back.
    if (first && this.#counting?.take(1, declaredSize(buffer, start)) === false) return false
    if (first) {
      this.digest.rows++
      this.digest.passed(declaredSize(buffer, start))
    }
    this.digest.counts?.piece(buffer, start, end, first)
    this.digest.stream(buffer, start, end)
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
  readonly digest: ResultDigest
  readonly #counting: CopyCounting

  constructor(digest: ResultDigest, counting: CopyCounting) {
    this.digest = digest
    this.whole = counting.whole
    this.#counting = counting
  }

  frame(out: Outbox, buffer: Buffer, start: number, end: number): boolean {
    const vectors = this.#counting.vectors(buffer, start, end)
    const rows = this.#counting.rows(end - start - HEADER)
    if (!this.#counting.take(rows, end - start, vectors)) return false
    this.digest.vectors += vectors
    this.digest.copy(buffer, start, end, rows)
    out.keep(buffer, start, end)
    return true
  }

  piece(out: Outbox, buffer: Buffer, start: number, end: number, first: boolean): boolean {
    if (first) {
      const size = declaredSize(buffer, start)
      const rows = this.#counting.rows(size - HEADER)
      if (!this.#counting.take(rows, size, 0)) return false
      this.digest.rows += rows
    }
    this.digest.copyBytes(buffer, first ? Math.min(end, start + HEADER) : start, end)
    this.digest.stream(buffer, start, end)
    out.keep(buffer, start, end)
    return true
  }

  settle(): void {}

  end(): boolean {
    return true
  }
}
