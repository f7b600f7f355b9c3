import { createHash, hash, type Hash } from 'node:crypto'
import type { ResultEvent } from '../../../recording/events.js'
import type { Detected } from '../../../masking/detectors/detected.js'
import { specName } from '../../../masking/spec-name.js'
import type { ColumnMask } from '../../../masking/types.js'
import type { Field } from '../../../wire/backend.js'
import { HEADER } from '../../../wire/cutter.js'
import { captureLimits, captureRow } from './capture.js'

/** Bytes that are hashed in one go at the end; more than that is hashed as it comes. */
const ONE_SHOT = 16 * 1024

/** Counts one result and keeps its first rows and the digest of the stream as the client saw it. */
export class ResultDigest {
  rows = 0
  bytes = 0
  #first: Buffer[] = []
  #firstBytes = 0
  #copy: Buffer[] = []
  #unhashed: Buffer[] = []
  #unhashedBytes = 0
  #hash: Hash | undefined
  readonly fields: readonly Field[] | undefined
  readonly masks: readonly (ColumnMask | undefined)[] | undefined
  readonly formats: readonly number[]

  readonly #detected: Detected | undefined

  constructor(
    fields?: readonly Field[],
    formats: readonly number[] = [],
    masks?: readonly (ColumnMask | undefined)[],
    detected?: Detected,
  ) {
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
    return this.#first.length < captureLimits.rows && this.#firstBytes < captureLimits.bytes
  }

  /** What a DataRow holds, as the client sees it: `buffer[start, end)`, header included. It is counted by who passes it on. */
  row(buffer: Buffer, start: number, end: number): void {
    if (this.#first.length < captureLimits.rows && this.#firstBytes + end - start <= captureLimits.bytes) {
      this.#first.push(buffer.subarray(start + HEADER, end))
      this.#firstBytes += end - start
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
    const room = captureLimits.bytes - this.#firstBytes
    if (room <= 0) return
    this.#copy.push(buffer.subarray(start, Math.min(end, start + room)))
    this.#firstBytes += end - start
  }

  /** Bytes of the stream, of whatever message. */
  stream(buffer: Buffer, start: number, end: number): void {
    this.bytes += end - start
    const last = this.#unhashed.at(-1)
    // Rows that follow one another in one chunk are hashed as one piece.
    if (last && last.buffer === buffer.buffer && last.byteOffset + last.length === buffer.byteOffset + start)
      this.#unhashed[this.#unhashed.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + end - start)
    else this.#unhashed.push(buffer.subarray(start, end))
    this.#unhashedBytes += end - start
    if (this.#unhashedBytes > ONE_SHOT) this.#drain()
  }

  /** The result's event, all but tag, outcome and time. */
  event(): Pick<ResultEvent, 'columns' | 'rowsSeen' | 'copySeen' | 'digest' | 'rows' | 'bytes' | 'detected'> {
    const counts = this.#detected?.counts
    return {
      rows: this.rows,
      bytes: this.bytes,
      ...(this.fields
        ? {
            columns: this.fields.map(({ name, type }, i) => {
              const mask = this.masks?.[i]
              const found = counts ? this.#detected.in(i) : []
              return {
                name,
                type,
                ...(mask ? { table: mask.column, mask: specName(mask.spec) } : {}),
                ...(found.length > 0 ? { detected: found } : {}),
              }
            }),
          }
        : {}),
      ...(this.#first.length > 0 ? { rowsSeen: this.#first.map((row) => captureRow(row, this.formats)) } : {}),
      ...(this.#copy.length > 0 ? { copySeen: Buffer.concat(this.#copy).toString('base64') } : {}),
      ...(counts ? { detected: counts } : {}),
      ...(this.bytes > 0 ? { digest: this.#digest() } : {}),
    }
  }

  #drain(): void {
    this.#hash ??= createHash('sha256')
    for (const piece of this.#unhashed) this.#hash.update(piece)
    this.#unhashed = []
    this.#unhashedBytes = 0
  }

  #digest(): string {
    if (!this.#hash)
      return hash('sha256', this.#unhashed.length === 1 ? this.#unhashed[0]! : Buffer.concat(this.#unhashed), 'hex')
    this.#drain()
    return this.#hash.digest('hex')
  }
}
