import { malformedCopy, type CopyRows } from './copy-rows.js'
import type { Sink } from './sink.js'
import type { CopyShape, ValueMask } from './types.js'

const NEWLINE = 0x0a
const BACKSLASH = 0x5c

const letters: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r' }
const bytesOfLetters = new Map(Object.entries(letters).map(([byte, letter]) => [letter.charCodeAt(0), Number(byte)]))

/** As COPY writes a value: control characters by letter, backslash and delimiter behind a backslash. */
const escape = (value: Buffer, delimiter: number): Buffer => {
  const special = (byte: number) => byte === BACKSLASH || byte === delimiter || letters[byte] !== undefined
  if (!value.some(special)) return value
  const out: number[] = []
  for (const byte of value)
    if (special(byte)) out.push(BACKSLASH, letters[byte]?.charCodeAt(0) ?? byte)
    else out.push(byte)
  return Buffer.from(out)
}

/** The value itself, from what COPY wrote. */
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

/**
 * What a NULL looks like, where it can be told from a value. A text other than `\N` or nothing can also be a value's;
 * leaving it would tell whoever chose it which values it equals, so it is masked like any other.
 */
const recognizable = (nullText: string): Buffer | undefined =>
  nullText === '\\N' || nullText === '' ? Buffer.from(nullText) : undefined

class TextRows implements CopyRows {
  masked = 0
  rows = 0
  readonly complete = true
  #header: boolean
  readonly #delimiter: number
  readonly #nullText: Buffer
  readonly #null: Buffer | undefined
  readonly #masks: readonly (ValueMask | undefined)[]
  readonly #ready: readonly (Buffer | undefined)[]

  constructor(shape: CopyShape, masks: readonly (ValueMask | undefined)[]) {
    this.#header = shape.header
    this.#delimiter = shape.delimiter.charCodeAt(0)
    this.#nullText = Buffer.from(shape.nullText)
    this.#null = recognizable(shape.nullText)
    this.#masks = masks
    this.#ready = masks.map((mask) => (mask?.kind === 'fixed' ? this.#written(mask.value) : undefined))
  }

  mask(sink: Sink, buffer: Buffer, start: number, end: number): number {
    const last = end > start ? buffer.lastIndexOf(NEWLINE, end - 1) : -1
    if (last < start) return start
    const masks = this.#masks
    const delimiter = this.#delimiter
    let copied = start
    let field = start
    let column = 0
    for (let at = start; at <= last; at++) {
      const byte = buffer[at]!
      if (byte > BACKSLASH && byte !== delimiter) continue
      if (byte === BACKSLASH) at++
      else if (byte === delimiter || byte === NEWLINE) {
        if (masks[column] !== undefined && !this.#header && !this.#isNull(buffer, field, at)) {
          sink.copy(buffer, copied, field)
          sink.put(this.#replace(column, buffer, field, at))
          copied = at
          this.masked++
        }
        field = at + 1
        column++
        if (byte === NEWLINE) {
          this.#endRow(column)
          column = 0
        }
      }
    }
    if (column > 0 || field !== last + 1) throw malformedCopy('a line break is escaped')
    sink.copy(buffer, copied, last + 1)
    return last + 1
  }

  grown(buffer: Buffer, from: number, end: number): boolean {
    return buffer.subarray(from, end).includes(NEWLINE)
  }

  #endRow(columns: number): void {
    if (columns !== this.#masks.length) throw malformedCopy('another number of columns than described')
    if (this.#header) this.#header = false
    else this.rows++
  }

  #isNull(buffer: Buffer, start: number, end: number): boolean {
    const text = this.#null
    return text !== undefined && end - start === text.length && buffer.compare(text, 0, text.length, start, end) === 0
  }

  #replace(column: number, buffer: Buffer, start: number, end: number): Buffer {
    const ready = this.#ready[column]
    if (ready) return ready
    const mask = this.#masks[column]
    return this.#written(mask?.kind === 'varying' ? mask.apply(unescape(buffer.subarray(start, end))) : null)
  }

  #written(value: Buffer | null): Buffer {
    return value === null ? this.#nullText : escape(value, this.#delimiter)
  }
}

/** COPY's text format. @see PostgreSQL documentation, "COPY", "Text Format" */
export const textRows = (shape: CopyShape, masks: readonly (ValueMask | undefined)[]): CopyRows =>
  new TextRows(shape, masks)
