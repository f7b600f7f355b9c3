import type { ColumnType } from '../wire/column-type.js'
import type { CopyFormat } from '../wire/copy-format.js'
import type { MaskSpec } from './registry.js'
import type { Sink } from './sink.js'

export type { ColumnType, MaskSpec }

/** A mask bound to the column that it covers. */
export interface ColumnMask {
  /** `schema.table.column` */
  readonly column: string
  readonly spec: MaskSpec
  /** `hide`: NULL becomes the redacted value, where the type has one; otherwise NULL stays NULL. */
  readonly nulls?: 'hide'
  /** It hides what was computed: from these columns. */
  readonly derived?: readonly string[]
  /** The column's type, modifier (-1 is none) and, where the catalog knows it, its name and base type. */
  readonly type: ColumnType
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
