/** How a column is masked, as the policy file says it. Part of the config schema. */
export type MaskSpec =
  'redact' | 'null' | 'email' | 'hash' | 'vector' | { readonly keep_first: number } | { readonly keep_last: number }

/** A mask bound to the column that it covers. */
export interface ColumnMask {
  /** `schema.table.column` */
  readonly column: string
  readonly spec: MaskSpec
  /** The column's type, modifier (-1 is none) and, where the catalog knows it, its name and base type. */
  readonly type: ColumnType
}

export interface ColumnType {
  readonly oid: number
  readonly modifier: number
  /** `pg_type.typname` of the type, or of a domain's base type: `text`, `varchar`, `int4`, `vector`, … */
  readonly name: string
  /** `pg_type.typcategory`-like: `e` enum, `d` domain (base in name), `a` array, `b` base, `c` composite. */
  readonly kind: 'b' | 'e' | 'd' | 'a' | 'c' | 'r'
  /** For enums, a label that is valid; for arrays, the element's type name. */
  readonly labels?: readonly string[]
}

/** How COPY writes its stream. */
export interface CopyShape {
  readonly format: 'text' | 'csv' | 'binary'
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly nullText: string
  readonly header: boolean
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
  /** Values replaced so far. */
  readonly masked: number
}

/** Masks a COPY … TO STDOUT stream. CopyData boundaries need not be row boundaries; complete rows come out. */
export interface CopyMasker {
  /** @param payload content of one CopyData message; returns the bytes (possibly none) to send in one CopyData. */
  data(payload: Buffer): Buffer
  /** At CopyDone: what is left. @throws where the stream ended inside a row */
  end(): Buffer
  readonly masked: number
  readonly rows: number
}
