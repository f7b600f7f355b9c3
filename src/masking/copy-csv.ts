import { malformedCopy, type CopyRows } from './copy-rows.js'
import type { Sink } from './sink.js'
import type { CopyShape, ValueMask } from './types.js'

const NEWLINE = 0x0a

class CsvRows implements CopyRows {
  masked = 0
  rows = 0
  readonly complete = true
  #header: boolean
  /** How far the unfinished row has been searched for its end, and whether that is inside quotes. */
  #searched = 0
  #quoted = false
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  readonly #null: Buffer
  readonly #masks: readonly (ValueMask | undefined)[]
  readonly #ready: readonly (Buffer | undefined)[]

  constructor(shape: CopyShape, masks: readonly (ValueMask | undefined)[]) {
    this.#header = shape.header
    this.#delimiter = shape.delimiter.charCodeAt(0)
    this.#quote = shape.quote.charCodeAt(0)
    this.#escape = shape.escape.charCodeAt(0)
    this.#null = Buffer.from(shape.nullText)
    this.#masks = masks
    this.#ready = masks.map((mask) => (mask?.kind === 'fixed' ? this.#written(mask.value) : undefined))
  }

  mask(sink: Sink, buffer: Buffer, start: number, end: number): number {
    const [delimiter, quote, escape] = [this.#delimiter, this.#quote, this.#escape]
    // What is copied and masked of the row that turns out to be unfinished is taken back.
    let [row, mark, masked] = [start, sink.length, this.masked]
    let copied = start
    let field = start
    let column = 0
    let quoted = false
    for (let at = start; at < end; at++) {
      const byte = buffer[at]!
      if (quoted && byte === escape && escape !== quote) at++
      else if (byte === quote) quoted = !quoted
      else if (!quoted && (byte === delimiter || byte === NEWLINE)) {
        if (this.#masks[column] !== undefined && !this.#header && !this.#isNull(buffer, field, at)) {
          sink.copy(buffer, copied, field)
          sink.put(this.#replace(column, buffer, field, at))
          copied = at
          this.masked++
        }
        field = at + 1
        column++
        if (byte !== NEWLINE) continue
        this.#endRow(column)
        column = 0
        sink.copy(buffer, copied, field)
        row = copied = field
        mark = sink.length
        masked = this.masked
      }
    }
    sink.truncate(mark)
    this.masked = masked
    this.#searched = 0
    this.#quoted = false
    return row
  }

  grown(buffer: Buffer, _from: number, end: number): boolean {
    const [quote, escape] = [this.#quote, this.#escape]
    let at = this.#searched
    for (; at < end; at++) {
      const byte = buffer[at]!
      if (this.#quoted && byte === escape && escape !== quote) at++
      else if (byte === quote) this.#quoted = !this.#quoted
      else if (byte === NEWLINE && !this.#quoted) return true
    }
    this.#searched = at
    return false
  }

  #endRow(columns: number): void {
    if (columns !== this.#masks.length) throw malformedCopy('another number of columns than described')
    if (this.#header) this.#header = false
    else this.rows++
  }

  /** The server puts a value that looks like NULL into quotes. */
  #isNull(buffer: Buffer, start: number, end: number): boolean {
    const text = this.#null
    return end - start === text.length && buffer.compare(text, 0, text.length, start, end) === 0
  }

  #replace(column: number, buffer: Buffer, start: number, end: number): Buffer {
    const ready = this.#ready[column]
    if (ready) return ready
    const mask = this.#masks[column]
    return this.#written(mask?.kind === 'varying' ? mask.apply(this.#read(buffer.subarray(start, end))) : null)
  }

  /** The value itself, from what COPY wrote. */
  #read(field: Buffer): Buffer {
    if (field[0] !== this.#quote) return field
    const out: number[] = []
    for (let at = 1; at < field.length - 1; at++) {
      if (field[at] === this.#escape && at + 1 < field.length - 1) at++
      out.push(field[at]!)
    }
    return Buffer.from(out)
  }

  /** Always in quotes: whether the value needed them would say something about it, and FORCE_QUOTE may ask for them. */
  #written(value: Buffer | null): Buffer {
    if (value === null) return this.#null
    const quote = Buffer.of(this.#quote)
    if (!value.includes(this.#quote) && !value.includes(this.#escape)) return Buffer.concat([quote, value, quote])
    const out: number[] = []
    for (const byte of value) {
      if (byte === this.#quote || byte === this.#escape) out.push(this.#escape)
      out.push(byte)
    }
    return Buffer.concat([quote, Buffer.from(out), quote])
  }
}

/** COPY's CSV format. @see PostgreSQL documentation, "COPY", "CSV Format" */
export const csvRows = (shape: CopyShape, masks: readonly (ValueMask | undefined)[]): CopyRows =>
  new CsvRows(shape, masks)
