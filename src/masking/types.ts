import type { ColumnType } from '../wire/column-type.js'
import type { CopyFormat } from '../wire/copy-format.js'
import type { Sink } from './sink.js'

export type { ColumnType }

/** What a fake value looks like. */
export type FakeKind = 'name' | 'first_name' | 'last_name' | 'email' | 'phone' | 'company' | 'city' | 'address' | 'uuid'

/** How a single value is masked, as the policy file says it. Part of the config schema. */
export type ValueSpec =
  | 'redact'
  | 'null'
  | 'email'
  | 'hash'
  | 'fake'
  | { readonly keep_first: number }
  | { readonly keep_last: number }
  | { readonly hash: { readonly version: number } }
  | { readonly bucket: number }
  | { readonly date: 'year' | 'month' }
  | { readonly fake: FakeKind }

/** How a column is masked: JSON documents by path too. */
export type MaskSpec = ValueSpec | 'vector' | { readonly json: Readonly<Record<string, ValueSpec>> }

/** A mask bound to the column that it covers. */
export interface ColumnMask {
  /** `schema.table.column` */
  readonly column: string
  readonly spec: MaskSpec
  /** `hide`: NULL becomes the redacted value, where the type has one; otherwise NULL stays NULL. */
  readonly nulls?: 'hide'
  /** The column's type, modifier (-1 is none) and, where the catalog knows it, its name and base type. */
  readonly type: ColumnType
}

/**
 * What becomes of one value that is not NULL: the same whatever it was, or something made of it. `null` is SQL's NULL.
 * What becomes of NULL is `ofNull`, without that it stays.
 * Values are in the column's own text or binary format, without any escaping of COPY.
 */
export type ValueMask = { readonly ofNull?: Buffer } & (
  | { readonly kind: 'fixed'; readonly value: Buffer | null }
  | {
      readonly kind: 'varying'
      apply(value: Buffer): Buffer | null
      /**
       * The same for `bytes[start, end)`, straight into a sink, where a mask can do that quicker. It never makes NULL, and
       * writes nothing but bytes of the value and `* @ .`, letters and digits.
       */
      write?(sink: Sink, bytes: Buffer, start: number, end: number): void
    }
)

/** What becomes of the values of a column that is looked through: most stay as they are. */
export interface ValueScan {
  readonly kind: 'scan'
  readonly ofNull?: undefined
  /**
   * Looks at the value `bytes[start, end)`, in the column's own format.
   * @param read undoes what COPY has escaped; asked only where the value is suspect
   * @returns what stands in for the value, null for SQL's NULL; undefined where it stays
   */
  look(bytes: Buffer, start: number, end: number, read?: (field: Buffer) => Buffer): Buffer | null | undefined
}

/** How COPY writes its stream, and of how many columns. */
export interface CopyShape extends CopyFormat {
  readonly columns: number
}

/** Masks DataRow messages of one result. */
export interface RowMasker {
  /**
   * @param body buffer that holds the DataRow; `start` is the offset of the field count, `end` the end of the message
   * @returns the whole masked message, with tag and length
   * @throws {HoopError} FRAME_INVALID where the row does not have the described shape
   */
  row(body: Buffer, start: number, end: number): Buffer
  /**
   * The same into a sink shared by a batch of rows: one allocation and one write for all of them. Nothing of a row that
   * is refused stays in the sink.
   * @throws {HoopError} FRAME_INVALID
   */
  into(sink: Sink, body: Buffer, start: number, end: number): void
  /** Values replaced so far. */
  readonly masked: number
}

/** Masks a COPY … TO STDOUT stream. CopyData boundaries need not be row boundaries; complete rows come out. */
export interface CopyMasker {
  /** @param payload content of one CopyData message; returns the bytes (possibly none) to send in one CopyData. */
  data(payload: Buffer): Buffer
  /**
   * The same for the content `body[start, end)` of one CopyData message, into a sink shared by a batch of messages: one
   * whole CopyData message with its header is appended, or nothing where no row is complete.
   * @throws {HoopError} FRAME_INVALID
   */
  into(sink: Sink, body: Buffer, start: number, end: number): void
  /** At CopyDone: what is left. @throws where the stream ended inside a row */
  end(): Buffer
  readonly masked: number
  readonly rows: number
}
