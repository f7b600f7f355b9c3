import { HoopError } from '../../lib/errors.js'
import type { Sink } from '../sink.js'
import type { ValueMask, ValueScan } from '../value-mask.js'

/** By column. */
export type CopyValues = readonly (ValueMask | ValueScan | undefined)[]

/** What one COPY format needs to be masked. Rows come whole; what stays behind them is the beginning of the next. */
export interface CopyRows {
  /**
   * Masks the complete rows of `buffer[start, end)` into the sink.
   * @returns where the first incomplete row begins
   * @throws {HoopError} FRAME_INVALID
   */
  mask(sink: Sink, buffer: Buffer, start: number, end: number): number
  /**
   * Whether `mask` will find a complete row in an unfinished one, held from offset 0, that has grown.
   * @param from where it ended before
   */
  grown(buffer: Buffer, from: number, end: number): boolean
  /** Whether the stream may end here. */
  readonly complete: boolean
  readonly masked: number
  readonly rows: number
}

export const malformedCopy = (why: string): HoopError => new HoopError('FRAME_INVALID', `COPY: ${why}`)
