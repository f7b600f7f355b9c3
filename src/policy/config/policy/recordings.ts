import { z } from 'zod'
import { size } from '../sections/quantities.js'

/** Most bytes of one result that a recording keeps: as JSON an event is up to six times as long, and has to fit into a frame. */
const MOST = 4 * 1024 * 1024
const MOST_VALUE = 1024 * 1024
const MOST_ROWS = 10_000

const upTo = (bytes: number, words: string) => size.refine((value) => value <= bytes, `${words} or less`)

/** How much of results a recording keeps: counts, columns and digests are always kept. */
export interface RecordingsConfig {
  /** `none`: no values; `sample`: the first rows; `full`: every row, as long as there is room. */
  readonly rows: 'none' | 'sample' | 'full'
  readonly row_cap?: number | undefined
  /** bytes of one value */
  readonly value_cap?: number | undefined
  /** bytes of rows, or of COPY data, of one result */
  readonly bytes?: number | undefined
  /** The same of all results of one session. */
  readonly session_bytes?: number | undefined
}

/** Keys that say nothing under each choice. */
const idle: Readonly<Record<RecordingsConfig['rows'], readonly (keyof RecordingsConfig)[]>> = {
  none: ['row_cap', 'value_cap', 'bytes', 'session_bytes'],
  sample: ['session_bytes'],
  full: ['row_cap'],
}

/** `recordings:` of a policy. */
export const recordings = z
  .strictObject({
    rows: z.enum(['none', 'sample', 'full']).default('sample'),
    row_cap: z.number().int().min(1).max(MOST_ROWS).optional(),
    value_cap: upTo(MOST_VALUE, '1MiB').optional(),
    bytes: upTo(MOST, '4MiB').optional(),
    session_bytes: size.optional(),
  })
  .superRefine((written, context) => {
    for (const key of idle[written.rows])
      if (written[key] !== undefined)
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `to be left out where rows are ${written.rows}`,
          input: written[key],
        })
  })
