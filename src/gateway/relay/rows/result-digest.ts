import { createHash, hash, type Hash } from 'node:crypto'
import type { Parameter, ResultColumn } from '../../../recording/events.js'
import type { Detected } from '../../../masking/detectors/detected.js'
import type { ColumnMask } from '../../../masking/types.js'
import type { Field } from '../../../wire/backend.js'
import { HEADER } from '../../../wire/cutter.js'
import type { ResultDetails } from '../journal.js'
import { captureLimits, captureRow } from './capture.js'
import { ColumnCounts } from './column-counts.js'
import { columnsOf, type Naming } from './result-columns.js'

/** Bytes that are hashed in one go at the end; more than that is hashed as it comes. */
const ONE_SHOT = 16 * 1024

type Masks = readonly (ColumnMask | undefined)[]

/** What is known of a result before its first row. */
interface Described {
  readonly fields?: readonly Field[] | undefined
  readonly formats?: readonly number[]
  readonly masks?: Masks | undefined
  readonly detected?: Detected
  readonly naming?: Naming | undefined
  readonly copied?: readonly ResultColumn[] | undefined
}

const none: readonly number[] = []

/** Counts one result and keeps its first rows and the digest of the stream as the client saw it. */
export class ResultDigest {
  rows = 0
  bytes = 0
  /** Vectors of a COPY, where they are counted; elsewhere the columns tell. */
  vectors = 0
  /** What each column held as the client saw it; absent where nobody described them. */
  readonly counts: ColumnCounts | undefined
  #seen: (readonly Parameter[])[] | undefined
  #seenBytes = 0
  #copy: Buffer[] | undefined
  /** What is not hashed yet: pieces, and behind them a span of one buffer, which grows with the rows that follow in it. */
  #pieces: Buffer[] | undefined
  #span: Buffer | undefined
  #spanStart = 0
  #spanEnd = 0
  #unhashed = 0
  #hash: Hash | undefined
  readonly fields: readonly Field[] | undefined
  readonly masks: Masks | undefined
  readonly formats: readonly number[]
  readonly #detected: Detected | undefined
  readonly #naming: Naming | undefined
  /** Of a COPY: what is known of its columns. */
  readonly #copied: readonly ResultColumn[] | undefined

  constructor({ fields, formats = none, masks, detected, naming, copied }: Described = {}) {
    this.fields = fields
    this.formats = formats
    this.masks = masks
    this.counts = fields && new ColumnCounts(fields.length)
    this.#detected = detected
    this.#naming = naming
    this.#copied = copied
  }

  /** Whether the recording holds other values than the database. */
  get hides(): boolean {
    return this.masks !== undefined || this.#detected?.counts !== undefined
  }

  /** Whether the recording still has room for what the rows say. */
  get wantsContent(): boolean {
    return (this.#seen?.length ?? 0) < captureLimits.rows && this.#seenBytes < captureLimits.bytes
  }

  /** What a DataRow holds, as the client sees it: `buffer[start, end)`, header included. It is counted by who passes it on. */
  row(buffer: Buffer, start: number, end: number): void {
    if (this.wantsContent && this.#seenBytes + end - start <= captureLimits.bytes) {
      const seen = (this.#seen ??= [])
      seen.push(captureRow(buffer, start + HEADER, end, this.formats))
      this.#seenBytes += end - start
    }
    this.stream(buffer, start, end)
  }

  /** A CopyData message as the client sees it. @param rows that are in it */
  copy(buffer: Buffer, start: number, end: number, rows: number): void {
    this.rows += rows
    this.copyBytes(buffer, start + HEADER, end)
    this.stream(buffer, start, end)
  }

  copyBytes(buffer: Buffer, start: number, end: number): void {
    const room = captureLimits.bytes - this.#seenBytes
    if (room <= 0) return
    const copy = (this.#copy ??= [])
    copy.push(buffer.subarray(start, Math.min(end, start + room)))
    this.#seenBytes += end - start
  }

  /** Bytes of the stream, of whatever message. */
  stream(buffer: Buffer, start: number, end: number): void {
    this.bytes += end - start
    // Rows that follow one another in one chunk are hashed as one piece.
    if (this.#span === buffer && this.#spanEnd === start) this.#spanEnd = end
    else {
      this.#closeSpan()
      this.#span = buffer
      this.#spanStart = start
      this.#spanEnd = end
    }
    this.#unhashed += end - start
    if (this.#unhashed > ONE_SHOT) this.#drain()
  }

  /** Adds to the result's event all but tag, outcome and time. */
  describe(event: ResultDetails): void {
    const detected = this.#detected?.counts
    event.rows = this.rows
    event.bytes = this.bytes
    const columns = this.fields ? columnsOf(this.fields, this.masks, this.#naming) : this.#copied
    if (columns) event.columns = detected ? this.#withFound(columns) : columns
    if (this.counts && this.rows > 0) {
      event.columnValues = this.counts.values
      event.columnBytes = this.counts.bytes
    }
    if (this.vectors > 0) event.vectors = this.vectors
    if (this.#seen) event.rowsSeen = this.#seen
    if (this.#copy) event.copySeen = Buffer.concat(this.#copy).toString('base64')
    if (detected) event.detected = detected
    if (this.bytes > 0) event.digest = this.#digest()
  }

  #withFound(columns: readonly ResultColumn[]): readonly ResultColumn[] {
    return columns.map((column, i) => {
      const detected = this.#detected!.in(i)
      return detected.length > 0 ? { ...column, detected } : column
    })
  }

  #closeSpan(): void {
    if (this.#span === undefined) return
    const pieces = (this.#pieces ??= [])
    pieces.push(this.#span.subarray(this.#spanStart, this.#spanEnd))
    this.#span = undefined
  }

  #drain(): void {
    this.#hash ??= createHash('sha256')
    if (this.#pieces) for (const piece of this.#pieces) this.#hash.update(piece)
    if (this.#span) this.#hash.update(this.#span.subarray(this.#spanStart, this.#spanEnd))
    this.#pieces = this.#span = undefined
    this.#unhashed = 0
  }

  #digest(): string {
    if (this.#hash) {
      this.#drain()
      return this.#hash.digest('hex')
    }
    this.#closeSpan()
    const pieces = this.#pieces ?? []
    return hash('sha256', pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), 'hex')
  }
}
