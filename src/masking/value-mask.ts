import type { ColumnType } from '../wire/column-type.js'
import type { Sink } from './sink.js'

export type { ColumnType }

/** What a mask may know beside the value and its type. */
export interface Masking {
  /** 0 text, 1 binary. */
  readonly format: 0 | 1
  readonly key: Buffer
  /** `schema.table.column` */
  readonly column: string
  /** What becomes of a single value that the mask can't read. */
  readonly whole: Buffer | null
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
