import { LineRows, type LineFormat } from './lines.js'
import type { Detected } from '../detectors/detected.js'
import { malformedCopy, type CopyRows, type CopyValues } from './rows.js'
import type { Sink } from '../sink.js'
import type { CopyShape } from '../types.js'

const NEWLINE = 0x0a
const BACKSLASH = 0x5c

const letters: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r' }
const bytesOfLetters = new Map(Object.entries(letters).map(([byte, letter]) => [letter.charCodeAt(0), Number(byte)]))

/** What is written behind the backslash for each byte that needs one, 0 for all others. */
const escapes = (delimiter: number): Uint8Array => {
  const table = new Uint8Array(256)
  for (const [byte, letter] of Object.entries(letters)) table[Number(byte)] = letter.charCodeAt(0)
  table[BACKSLASH] = BACKSLASH
  table[delimiter] ||= delimiter
  return table
}

/** As COPY writes a value: control characters by letter, backslash and delimiter behind a backslash. */
const escape = (value: Buffer, table: Uint8Array): Buffer => {
  let more = 0
  for (let at = 0; at < value.length; at++) if (table[value[at]!] !== 0) more++
  if (more === 0) return value
  const out = Buffer.allocUnsafe(value.length + more)
  let to = 0
  for (const byte of value) {
    const escaped = table[byte]!
    if (escaped !== 0) out[to++] = BACKSLASH
    out[to++] = escaped === 0 ? byte : escaped
  }
  return out
}

const unescape = (field: Buffer): Buffer => {
  if (!field.includes(BACKSLASH)) return field
  const out: number[] = []
  for (let at = 0; at < field.length; at++) {
    const byte = field[at]!
    if (byte !== BACKSLASH || at + 1 === field.length) out.push(byte)
    else out.push(bytesOfLetters.get(field[++at]!) ?? field[at]!)
  }
  return Buffer.from(out)
}

const formatOf = ({ delimiter, nullText }: CopyShape, table = escapes(delimiter.charCodeAt(0))): LineFormat => ({
  read: unescape,
  write: (value) => escape(value, table),
  nullText: Buffer.from(nullText),
  // A text other than these can also be a value's. Leaving it would tell whoever chose it which values it equals, so it
  // is masked like any other.
  null: nullText === '\\N' || nullText === '' ? Buffer.from(nullText) : undefined,
  around: delimiter === '\t' ? Buffer.alloc(0) : undefined,
  plain(buffer, start, end) {
    for (let at = start; at < end; at++) if (buffer[at] === BACKSLASH) return false
    return true
  },
  // Within a value, a tab is written by its letter; only other delimiters can stand behind a backslash.
  special: letters[delimiter.charCodeAt(0)] === undefined ? '\\' : undefined,
})

class TextRows extends LineRows {
  readonly #delimiter: number

  constructor(shape: CopyShape, values: CopyValues, detected: Detected) {
    super(shape, values, detected, formatOf(shape))
    this.#delimiter = shape.delimiter.charCodeAt(0)
  }

  protected careful(sink: Sink, buffer: Buffer, start: number, end: number): number {
    let last = end - 1
    while (last >= start && buffer[last] !== NEWLINE) last--
    const delimiter = this.#delimiter
    // Nearly all bytes are above both, and need no second look.
    const top = Math.max(delimiter, NEWLINE)
    let line = start
    let column = 0
    for (let at = start; at <= last; at++) {
      const byte = buffer[at]!
      if (byte > top && byte !== BACKSLASH) continue
      if (byte === BACKSLASH) at++
      else if (byte === delimiter || byte === NEWLINE) {
        this.field(sink, buffer, column++, line, at)
        line = at + 1
        if (byte !== NEWLINE) continue
        this.endRow(sink, buffer, column, line)
        column = 0
      }
    }
    if (column > 0 || line <= last) throw malformedCopy('a line break is escaped')
    return line
  }

  grown(buffer: Buffer, from: number, end: number): boolean {
    return buffer.subarray(from, end).includes(NEWLINE)
  }
}

/** COPY's text format. @see PostgreSQL documentation, "COPY", "Text Format" */
export const textRows = (shape: CopyShape, values: CopyValues, detected: Detected): CopyRows =>
  new TextRows(shape, values, detected)
