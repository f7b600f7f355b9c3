import type { Meter } from '../../budgets/meter.js'
import { COPY_HEADER, type VectorCount, vectorsInCopy } from '../../budgets/vectors.js'

/** Charges the messages of one result to the session's budgets, before they leave. Each answer is whether they may. */
export class RowCounting {
  readonly #meter: Meter
  readonly #vectors: VectorCount | undefined

  /** @param vectors absent where none is counted, or no column can hold one */
  constructor(meter: Meter, vectors?: VectorCount) {
    this.#meter = meter
    this.#vectors = vectors
  }

  /** Whether messages have to be seen whole: what is in them counts. */
  get whole(): boolean {
    return this.#vectors !== undefined
  }

  /** A DataRow as it came. @param bytes its size as it leaves */
  row(buffer: Buffer, start: number, end: number, bytes = end - start): boolean {
    return this.#meter.take(1, bytes, this.#vectors === undefined ? 0 : this.#vectors(buffer, start, end))
  }

  /** Messages of which only the size is known. */
  take(rows: number, bytes: number, vectors = 0): boolean {
    return this.#meter.take(rows, bytes, vectors)
  }
}

/** How COPY writes its stream, as far as counting goes. */
export interface CopyStream {
  readonly binary: boolean
  /** The first line has the columns' names. */
  readonly header: boolean
}

/** Bytes of what ends a binary COPY, which is no row. */
const TRAILER = 2

/** The same for a COPY: the server puts each row in a message of its own. */
export class CopyCounting {
  readonly #meter: Meter | undefined
  readonly #stream: CopyStream
  readonly #vectors: ReturnType<typeof vectorsInCopy> | undefined
  #first = true

  constructor(meter: Meter | undefined, stream: CopyStream) {
    this.#meter = meter
    this.#stream = stream
    this.#vectors = meter?.countsVectors ? vectorsInCopy(stream.binary) : undefined
  }

  get whole(): boolean {
    return this.#vectors !== undefined
  }

  /** Rows in the next message, which has so many bytes of content: 1, or 0 for what only begins or ends the stream. */
  rows(content: number): number {
    const first = this.#first
    this.#first = false
    if (!this.#stream.binary) return first && this.#stream.header ? 0 : 1
    return content === TRAILER || (first && content === COPY_HEADER + TRAILER) ? 0 : 1
  }

  /** Vector values in a message; call it before `rows`. */
  vectors(buffer: Buffer, start: number, end: number): number {
    return this.#vectors?.(buffer, start, end, this.#first) ?? 0
  }

  take(rows: number, bytes: number, vectors: number): boolean {
    return this.#meter?.take(rows, bytes, vectors) ?? true
  }
}
