import type { Detected } from '../detectors/detected.js'
import { malformedCopy, type CopyRows, type CopyValues } from './rows.js'
import type { Sink } from '../sink.js'
import type { CopyShape } from '../types.js'

/** Longer pieces are searched byte by byte rather than as a string. */
const MAX_TEXT = 16 * 2 ** 20

/** How a format writes values. */
export interface LineFormat {
  /** The value itself, from what COPY wrote. */
  read(field: Buffer): Buffer
  write(value: Buffer): Buffer
  /** What is written for NULL. */
  readonly nullText: Buffer
  /** How a NULL is recognized, or undefined where it can't be told from a value. */
  readonly null: Buffer | undefined
  /** A line with this sign in it can't be cut at every delimiter and line break; undefined where all can. */
  readonly special: string | undefined
  /** Put around what a mask writes from a field that is as its value is; undefined where it can't write straight. */
  readonly around: Buffer | undefined
  /** Whether a field is written as its value is. */
  plain(buffer: Buffer, start: number, end: number): boolean
}

/** Counts and replaces the columns of a line, for the two formats that have lines. */
export abstract class LineRows implements CopyRows {
  masked = 0
  rows = 0
  readonly complete = true
  protected header: boolean
  protected readonly detected: Detected
  readonly #values: CopyValues
  readonly #delimiter: string
  readonly #format: LineFormat
  readonly #ready: readonly (Buffer | undefined)[]
  readonly #ofNull: readonly (Buffer | undefined)[]
  /** What a mask gave last, and as it is written: a vector stands in for thousands of others. */
  #given: Buffer | undefined
  #givenWritten: Buffer = Buffer.alloc(0)
  /** Up to where the input has been passed on. */
  #copied = 0

  constructor(shape: CopyShape, values: CopyValues, detected: Detected, format: LineFormat) {
    this.header = shape.header
    this.#values = values
    this.detected = detected
    this.#delimiter = shape.delimiter
    this.#format = format
    this.#ready = values.map((value) => (value?.kind === 'fixed' ? this.#written(value.value) : undefined))
    this.#ofNull = values.map((value) => value?.ofNull && this.#written(value.ofNull))
  }

  mask(sink: Sink, buffer: Buffer, start: number, end: number): number {
    this.#copied = start
    if (end - start > MAX_TEXT) return this.careful(sink, buffer, start, end)
    const text = buffer.toString('latin1', start, end)
    const { special } = this.#format
    if (special !== undefined && text.includes(special)) return this.careful(sink, buffer, start, end)
    return this.#plain(sink, buffer, start, text)
  }

  abstract grown(buffer: Buffer, from: number, end: number): boolean

  /** `mask` where special signs have to be minded. */
  protected abstract careful(sink: Sink, buffer: Buffer, start: number, end: number): number

  /** Every delimiter and every line break is one. Searching a string is the quickest way to find them. */
  #plain(sink: Sink, buffer: Buffer, start: number, text: string): number {
    let line = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', line)) {
      let column = 0
      while (line <= end) {
        const found = text.indexOf(this.#delimiter, line)
        const stop = found < 0 || found > end ? end : found
        this.field(sink, buffer, column++, start + line, start + stop)
        line = stop + 1
      }
      this.endRow(sink, buffer, column, start + line)
    }
    return start + line
  }

  /** One column of a row that is complete, or may be. */
  protected field(sink: Sink, buffer: Buffer, column: number, start: number, end: number): void {
    const value = this.#values[column]
    if (value === undefined || this.header) return
    const isNull = this.#isNull(buffer, start, end)
    if (!isNull && value.kind === 'varying' && value.write && this.#straight(buffer, start, end)) {
      const around = this.#format.around!
      sink.copy(buffer, this.#copied, start)
      sink.put(around)
      value.write(sink, buffer, start, end)
      sink.put(around)
    } else {
      const instead = isNull ? this.#ofNull[column] : (this.#ready[column] ?? this.#replaced(value, buffer, start, end))
      if (!instead) return
      sink.copy(buffer, this.#copied, start)
      sink.put(instead)
    }
    this.#copied = end
    this.masked++
  }

  /** @param end behind the line break */
  protected endRow(sink: Sink, buffer: Buffer, columns: number, end: number): void {
    if (columns !== this.#values.length) throw malformedCopy('another number of columns than described')
    if (this.header) this.header = false
    else this.rows++
    sink.copy(buffer, this.#copied, end)
    this.#copied = end
    this.detected.commit()
  }

  #isNull(buffer: Buffer, start: number, end: number): boolean {
    const text = this.#format.null
    return text !== undefined && end - start === text.length && buffer.compare(text, 0, text.length, start, end) === 0
  }

  #straight(buffer: Buffer, start: number, end: number): boolean {
    return this.#format.around !== undefined && this.#format.plain(buffer, start, end)
  }

  #replaced(value: NonNullable<CopyValues[number]>, buffer: Buffer, start: number, end: number): Buffer | undefined {
    if (value.kind === 'fixed') return this.#written(value.value)
    if (value.kind === 'varying') return this.#written(value.apply(this.#format.read(buffer.subarray(start, end))))
    const found = value.look(buffer, start, end, (field) => this.#format.read(field))
    return found === undefined ? undefined : this.#written(found)
  }

  #written(value: Buffer | null): Buffer {
    if (value === null) return this.#format.nullText
    if (value === this.#given) return this.#givenWritten
    this.#given = value
    return (this.#givenWritten = this.#format.write(value))
  }
}
