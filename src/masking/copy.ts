import { HoopError } from '../lib/errors.js'
import { Backend } from '../wire/tags.js'
import { binaryRows } from './copy/binary.js'
import { csvRows } from './copy/csv.js'
import { malformedCopy, type CopyRows } from './copy/rows.js'
import { textRows } from './copy/text.js'
import { Detected } from './detectors/detected.js'
import { Sink } from './sink.js'
import { valuesOf, type Treatment } from './treatment.js'
import type { CopyMasker, CopyShape } from './types.js'

/** The most that is held of one unfinished row; PostgreSQL itself makes none longer. */
const MAX_ROW = 2 ** 30

const formats = { text: textRows, csv: csvRows, binary: binaryRows }

class Masker implements CopyMasker {
  readonly #rows: CopyRows
  readonly #own = new Sink()
  #held = Buffer.alloc(0)
  #size = 0

  constructor(rows: CopyRows) {
    this.#rows = rows
  }

  get masked(): number {
    return this.#rows.masked
  }

  get rows(): number {
    return this.#rows.rows
  }

  data(payload: Buffer): Buffer {
    this.#feed(this.#own, payload, 0, payload.length)
    return this.#own.take()
  }

  into(sink: Sink, body: Buffer, start: number, end: number): void {
    const mark = sink.open(Backend.CopyData)
    const empty = sink.length
    this.#feed(sink, body, start, end, mark)
    if (sink.length === empty) sink.truncate(mark)
    else sink.close(mark)
  }

  end(): Buffer {
    if (this.#size > 0 || !this.#rows.complete) throw malformedCopy('ends inside a row')
    return this.#own.take()
  }

  /** @param mark where the sink is taken back to if the rows are refused */
  #feed(sink: Sink, body: Buffer, start: number, end: number, mark = sink.length): void {
    try {
      if (this.#size === 0) this.#hold(body, this.#rows.mask(sink, body, start, end), end)
      else this.#resume(sink, body, start, end)
    } catch (error) {
      sink.truncate(mark)
      throw error
    }
  }

  #resume(sink: Sink, body: Buffer, start: number, end: number): void {
    const before = this.#size
    this.#hold(body, start, end)
    if (!this.#rows.grown(this.#held, before, this.#size)) return
    const left = this.#rows.mask(sink, this.#held, 0, this.#size)
    this.#held.copyWithin(0, left, this.#size)
    this.#size -= left
  }

  #hold(body: Buffer, start: number, end: number): void {
    if (start === end) return
    const size = this.#size + end - start
    if (size > MAX_ROW) throw new HoopError('MEMORY_EXHAUSTED', 'COPY: a row is too long')
    if (size > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * size, 1024))
      this.#held.copy(grown, 0, 0, this.#size)
      this.#held = grown
    }
    body.copy(this.#held, this.#size, start, end)
    this.#size = size
  }
}

/**
 * Masks the columns of COPY … TO STDOUT by their position.
 * @param detected is told what is found in columns that are looked through
 * @throws {HoopError} FRAME_INVALID where the treatment doesn't have an entry for each column
 */
export const copyMasker = (
  shape: CopyShape,
  treatment: Treatment,
  key: Buffer,
  detected = new Detected(),
): CopyMasker => {
  if (treatment.length !== shape.columns) throw malformedCopy('another number of columns than described')
  const values = valuesOf(treatment, () => (shape.format === 'binary' ? 1 : 0), key, detected)
  return new Masker(formats[shape.format](shape, values, detected))
}
