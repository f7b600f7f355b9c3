import { createHash, hash, type Hash } from 'node:crypto'
import type { Parameter, ResultColumn } from '../../../recording/events.js'
import type { Detected } from '../../../masking/detectors/detected.js'
import { specName } from '../../../masking/spec-name.js'
import type { ColumnMask } from '../../../masking/types.js'
import type { Field } from '../../../wire/backend.js'
import { HEADER } from '../../../wire/cutter.js'
import type { ResultDetails } from '../journal.js'
import { captureLimits, captureRow } from './capture.js'

/** Bytes that are hashed in one go at the end; more than that is hashed as it comes. */
const ONE_SHOT = 16 * 1024

type Masks = readonly (ColumnMask | undefined)[]

/** Columns as the recording names them: one object for each description, so that it is written as JSON once. */
const described = new WeakMap<readonly Field[], { masks: Masks | undefined; columns: readonly ResultColumn[] }>()

const columnsOf = (fields: readonly Field[], masks: Masks | undefined): readonly ResultColumn[] => {
  const known = described.get(fields)
  if (known && known.masks === masks) return known.columns
  const columns = fields.map(({ name, type }, i) => {
    const mask = masks?.[i]
    return { name, type, ...(mask ? { table: mask.column, mask: specName(mask.spec) } : {}) }
  })
  described.set(fields, { masks, columns })
  return columns
}

const none: readonly number[] = []

/** Counts one result and keeps its first rows and the digest of the stream as the client saw it. */
export class ResultDigest {
  rows = 0
  bytes = 0
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

  constructor(fields?: readonly Field[], formats: readonly number[] = none, masks?: Masks, detected?: Detected) {
    this.fields = fields
    this.formats = formats
    this.masks = masks
    this.#detected = detected
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
    const { fields, masks } = this
    const counts = this.#detected?.counts
    event.rows = this.rows
    event.bytes = this.bytes
    if (fields) event.columns = counts ? this.#withFound(fields) : columnsOf(fields, masks)
    if (this.#seen) event.rowsSeen = this.#seen
    if (this.#copy) event.copySeen = Buffer.concat(this.#copy).toString('base64')
    if (counts) event.detected = counts
    if (this.bytes > 0) event.digest = this.#digest()
  }

  #withFound(fields: readonly Field[]): readonly ResultColumn[] {
    return columnsOf(fields, this.masks).map((column, i) => {
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
