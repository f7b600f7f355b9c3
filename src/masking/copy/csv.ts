import { LineRows, type LineFormat } from './lines.js'
import type { Detected } from '../detectors/detected.js'
import type { CopyRows, CopyValues } from './rows.js'
import type { Sink } from '../sink.js'
import type { CopyShape } from '../types.js'

const NEWLINE = 0x0a

const read = (field: Buffer, quote: number, escape: number): Buffer => {
  if (field[0] !== quote) return field
  const out: number[] = []
  for (let at = 1; at < field.length - 1; at++) {
    if (field[at] === escape && at + 1 < field.length - 1) at++
    out.push(field[at]!)
  }
  return Buffer.from(out)
}

/** Always in quotes: whether the value needed them would say something about it, and FORCE_QUOTE may ask for them. */
const write = (value: Buffer, quote: number, escape: number): Buffer => {
  if (!value.includes(quote) && !value.includes(escape))
    return Buffer.concat([Buffer.of(quote), value, Buffer.of(quote)])
  const needsEscape = (byte: number) => byte === quote || byte === escape
  let length = value.length + 2
  for (let at = 0; at < value.length; at++) if (needsEscape(value[at]!)) length++
  const out = Buffer.allocUnsafe(length)
  out[0] = out[length - 1] = quote
  for (let at = 0, to = 1; at < value.length; at++) {
    if (needsEscape(value[at]!)) out[to++] = escape
    out[to++] = value[at]!
  }
  return out
}

const formatOf = (shape: CopyShape): LineFormat => {
  const [quote, escape] = [shape.quote.charCodeAt(0), shape.escape.charCodeAt(0)]
  const nullText = Buffer.from(shape.nullText)
  return {
    read: (field) => read(field, quote, escape),
    write: (value) => write(value, quote, escape),
    nullText,
    // The server puts a value that looks like NULL into quotes.
    null: nullText,
    special: shape.quote,
    around: shape.quote === '"' && shape.escape === '"' ? Buffer.from('"') : undefined,
    plain(buffer, start, end) {
      for (let at = start; at < end; at++) if (buffer[at] === quote) return false
      return true
    },
  }
}

/** The next such byte, or `end`. */
const within = (buffer: Buffer, byte: number, at: number, end: number): number => {
  for (const near = Math.min(end, at + 32); at < near; at++) if (buffer[at] === byte) return at
  const found = at < end ? buffer.indexOf(byte, at) : -1
  return found < 0 || found > end ? end : found
}

class CsvRows extends LineRows {
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  /** How far the unfinished row has been searched for its end, and whether that is inside quotes. */
  #searched = 0
  #quoted = false

  constructor(shape: CopyShape, values: CopyValues, detected: Detected) {
    super(shape, values, detected, formatOf(shape))
    this.#delimiter = shape.delimiter.charCodeAt(0)
    this.#quote = shape.quote.charCodeAt(0)
    this.#escape = shape.escape === shape.quote ? -1 : shape.escape.charCodeAt(0)
  }

  override mask(sink: Sink, buffer: Buffer, start: number, end: number): number {
    this.#searched = 0
    this.#quoted = false
    return super.mask(sink, buffer, start, end)
  }

  protected careful(sink: Sink, buffer: Buffer, start: number, end: number): number {
    // What was put out for a row that turns out to be unfinished is taken back.
    let [row, mark, masked] = [start, sink.length, this.masked]
    const [delimiter, quote, escape] = [this.#delimiter, this.#quote, this.#escape]
    let line = start
    let column = 0
    let quoted = false
    for (let at = start; at < end; at++) {
      // Within quotes nothing else matters, and a search is quicker than looking at each byte.
      if (quoted && escape < 0) at = within(buffer, quote, at, end)
      const byte = buffer[at]!
      if (at === end) break
      if (quoted && byte === escape) at++
      else if (byte === quote) quoted = !quoted
      else if (!quoted && (byte === delimiter || byte === NEWLINE)) {
        this.field(sink, buffer, column++, line, at)
        line = at + 1
        if (byte !== NEWLINE) continue
        this.endRow(sink, buffer, column, line)
        column = 0
        row = line
        mark = sink.length
        masked = this.masked
      }
    }
    sink.truncate(mark)
    this.masked = masked
    this.detected.drop()
    return row
  }

  grown(buffer: Buffer, _from: number, end: number): boolean {
    const [quote, escape] = [this.#quote, this.#escape]
    let [at, quoted] = [this.#searched, this.#quoted]
    for (; at < end; at++) {
      if (quoted && escape < 0) at = within(buffer, quote, at, end)
      if (at === end) break
      const byte = buffer[at]!
      if (quoted && byte === escape) at++
      else if (byte === quote) quoted = !quoted
      else if (byte === NEWLINE && !quoted) return true
    }
    this.#searched = at
    this.#quoted = quoted
    return false
  }
}

/** COPY's CSV format. @see PostgreSQL documentation, "COPY", "CSV Format" */
export const csvRows = (shape: CopyShape, values: CopyValues, detected: Detected): CopyRows =>
  new CsvRows(shape, values, detected)
