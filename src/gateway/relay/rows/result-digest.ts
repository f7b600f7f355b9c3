import { createHash, hash, type Hash } from 'node:crypto'
import type { Parameter, ResultColumn } from '../../../recording/events.js'
import type { Detected } from '../../../masking/detectors/detected.js'
import type { ColumnMask } from '../../../masking/types.js'
import type { Field } from '../../../wire/backend.js'
import { HEADER } from '../../../wire/cutter.js'
import type { ResultDetails } from '../journal.js'
import { captureRow } from './capture.js'
import { ColumnCounts } from './column-counts.js'
import { copyBeginning } from './copy-beginning.js'
import type { CopyForm } from './copied-vectors.js'
import { Keeping } from './keeping.js'
import { VectorPrints } from './vector-prints.js'
import { columnsOf, type Naming } from './result-columns.js'

/** Bytes that are hashed in one go at the end; more than that is hashed as it comes. */
const ONE_SHOT = 16 * 1024

/** The part of a result's room that isn't worth to look at each further row for, once one didn't fit. */
const REST = 1 / 16

type Masks = readonly (ColumnMask | undefined)[]

/** What is known of a result before its first row. */
interface Described {
  readonly fields?: readonly Field[] | undefined
  readonly formats?: readonly number[]
  readonly masks?: Masks | undefined
  readonly detected?: Detected
  readonly naming?: Naming | undefined
  readonly copied?: readonly ResultColumn[] | undefined
  /** Of a COPY: how its fields are written, where that is known. */
  readonly form?: CopyForm | undefined
  readonly keeping?: Keeping
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
  /** The room is used up, as far as it goes by rows like these. */
  #enough = false
  #copy: Buffer[] | undefined
  #copyCut = false
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
  readonly #form: CopyForm | undefined
  readonly #keeping: Keeping
  /** Why what was seen isn't all of it. */
  #unkept: ReturnType<Keeping['reached']> | undefined

  constructor({
    fields,
    formats = none,
    masks,
    detected,
    naming,
    copied,
    form,
    keeping = new Keeping(),
  }: Described = {}) {
    this.fields = fields
    this.formats = formats
    this.masks = masks
    this.counts = fields && new ColumnCounts(fields.length)
    this.#detected = detected
    this.#naming = naming
    this.#copied = copied
    this.#form = form
    this.#keeping = keeping
  }

  /** Whether the recording holds other values than the database. */
  get hides(): boolean {
    return this.masks !== undefined || this.#detected?.counts !== undefined
  }

  /** Whether the recording still has room for what the rows say. */
  get wantsContent(): boolean {
    if (this.#copy) return !this.#copyCut
    return !this.#enough && (this.#seen?.length ?? 0) < this.#keeping.rows && this.#keeping.room(this.#seenBytes) > 0
  }

  /** Whether a row of so many bytes is wanted whole although nothing is done to it: every row is to be kept. */
  assembles(bytes: number): boolean {
    return this.#keeping.kind === 'full' && this.#unkept === undefined && this.#keeping.room(this.#seenBytes) >= bytes
  }

  /** What a DataRow holds, as the client sees it: `buffer[start, end)`, header included. It is counted by who passes it on. */
  row(buffer: Buffer, start: number, end: number): void {
    if (this.wantsContent) this.#keep(buffer, start, end)
    this.stream(buffer, start, end)
  }

  /** A row of so many bytes that isn't kept. */
  passed(bytes: number): void {
    if (this.#keeping.kind === 'full') this.#unkept ??= this.#keeping.reached(this.#seenBytes, bytes)
  }

  #keep(buffer: Buffer, start: number, end: number): void {
    const bytes = end - start
    const full = this.#keeping.kind === 'full'
    // Every row means every row so far: none behind one that there was no room for.
    if (full && this.#unkept) return
    const room = this.#keeping.room(this.#seenBytes)
    if (bytes > room) {
      this.passed(bytes)
      this.#enough = full || room < this.#keeping.bytes * REST
      return
    }
    const seen = (this.#seen ??= [])
    seen.push(captureRow(buffer, start + HEADER, end, this.formats, this.#keeping.value, this.#vector))
    this.#seenBytes += bytes
    this.#keeping.spend(bytes)
  }

  /** What stands for a vector. Of a column of an extension's type its values tell. */
  readonly #vector = (column: number, value: Buffer, format: number): string | undefined => {
    const type = this.fields?.[column]?.type
    return type !== undefined && VectorPrints.mayBe(type) ? this.#keeping.vectors?.of(value, format) : undefined
  }

  /** A CopyData message as the client sees it. @param rows that are in it */
  copy(buffer: Buffer, start: number, end: number, rows: number): void {
    this.rows += rows
    this.copyBytes(buffer, start + HEADER, end)
    this.stream(buffer, start, end)
  }

  copyBytes(buffer: Buffer, start: number, end: number): void {
    if (end <= start) return
    const room = this.#copyCut ? 0 : this.#keeping.room(this.#seenBytes)
    if (end - start > room) {
      this.#unkept ??= this.#keeping.reached(this.#seenBytes, end - start)
      this.#copyCut = true
    }
    if (room <= 0) return
    const kept = Math.min(end - start, room)
    const copy = (this.#copy ??= [])
    copy.push(buffer.subarray(start, start + kept))
    this.#seenBytes += kept
    this.#keeping.spend(kept)
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
    if (this.#copy) {
      const seen = copyBeginning(Buffer.concat(this.#copy), this.#copyCut)
      event.copySeen = (this.#keeping.vectors?.copied(seen, this.#form) ?? seen).toString('base64')
    }
    const unkept = this.#whyUnkept()
    if (unkept) event.unkept = unkept
    if (detected) event.detected = detected
    if (this.bytes > 0) event.digest = this.#digest()
  }

  /** Under a sample, that there is more is what everybody expects, and counts tell. */
  #whyUnkept(): ResultDetails['unkept'] {
    const { kind } = this.#keeping
    if (kind === 'sample' || this.bytes === 0) return undefined
    if (kind === 'none') return 'policy'
    const missing = !this.#copy && (this.#seen?.length ?? 0) < this.rows
    return this.#unkept ?? (missing ? this.#keeping.reached(this.#seenBytes, 1) : undefined)
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
