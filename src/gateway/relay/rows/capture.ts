import type { Parameter } from '../../../recording/events.js'
import { formatAt } from '../../../wire/frontend.js'

/** What a recording keeps of one statement: enough to see what was read, not a second copy of the database. */
export const captureLimits = {
  /** characters of a statement's text */
  text: 256 * 1024,
  /** bytes of one value */
  value: 1024,
  parameters: 1000,
  rows: 100,
  /** bytes of rows, or of COPY data, of one result */
  bytes: 64 * 1024,
} as const

/** One value as the recording shows it: text as text, binary as hex, long ones cut. */
export const captureValue = (value: Buffer | null, format: number): Parameter => {
  if (value === null) return null
  const limit = captureLimits.value
  if (value.length > limit)
    return {
      cut: format === 1 ? value.toString('hex', 0, limit) : value.toString('utf8', 0, limit),
      bytes: value.length,
    }
  return format === 1 ? { hex: value.toString('hex') } : value.toString('utf8')
}

export const captureParameters = (
  values: readonly (Buffer | null)[],
  formats: readonly number[],
): readonly Parameter[] | undefined =>
  values.length === 0
    ? undefined
    : values.slice(0, captureLimits.parameters).map((value, i) => captureValue(value, formatAt(formats, i)))

/**
 * The values of one DataRow.
 * @param body the message without its header
 */
export const captureRow = (body: Buffer, formats: readonly number[]): readonly Parameter[] => {
  const values: Parameter[] = []
  if (body.length < 2) return values
  const count = body.readUInt16BE(0)
  let at = 2
  for (let i = 0; i < count && at + 4 <= body.length; i++) {
    const length = body.readInt32BE(at)
    at += 4
    if (length === -1) values.push(null)
    else {
      values.push(captureValue(body.subarray(at, at + length), formatAt(formats, i)))
      at += length
    }
  }
  return values
}
