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
  return value === null ? null : captureBytes(value, 0, value.length, format)
}

const captureBytes = (
  buffer: Buffer,
  start: number,
  end: number,
  format: number,
  limit: number = captureLimits.value,
): Parameter => {
  if (end - start > limit) {
    const cut =
      format === 1
        ? buffer.toString('hex', start, start + limit)
        : buffer.toString('utf8', start, characterEnd(buffer, start, start + limit))
    return { cut, bytes: end - start }
  }
  return format === 1 ? { hex: buffer.toString('hex', start, end) } : buffer.toString('utf8', start, end)
}

/** Where the last whole character ends that does so by `end`. @see RFC 3629, section 3: a byte 10xxxxxx goes on with one */
export const characterEnd = (buffer: Buffer, start: number, end: number): number => {
  let at = end
  while (at > start && end - at < 4 && (buffer[at]! & 0xc0) === 0x80) at--
  // What is no UTF-8 is cut where it was to be.
  return (buffer[at]! & 0xc0) === 0x80 ? end : at
}

/** The first so many UTF-16 units of a text, or one less where a character would be cut in two. */
export const beginning = (text: string, units: number): string =>
  text.length <= units ? text : text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '')

export const captureParameters = (
  values: readonly (Buffer | null)[],
  formats: readonly number[],
): readonly Parameter[] | undefined =>
  values.length === 0
    ? undefined
    : values.slice(0, captureLimits.parameters).map((value, i) => captureValue(value, formatAt(formats, i)))

/**
 * The values of one DataRow.
 * @param start of what stands behind its header
 * @param limit bytes of one value
 * @param vector what stands for a value of this column, where it is a vector
 */
export const captureRow = (
  buffer: Buffer,
  start: number,
  end: number,
  formats: readonly number[],
  limit?: number,
  vector?: (column: number, value: Buffer, format: number) => string | undefined,
): readonly Parameter[] => {
  const values: Parameter[] = []
  if (end - start < 2) return values
  const count = buffer.readUInt16BE(start)
  let at = start + 2
  for (let i = 0; i < count && at + 4 <= end; i++) {
    const length = buffer.readInt32BE(at)
    at += 4
    if (length === -1) values.push(null)
    else {
      const next = Math.min(at + length, end)
      const format = formatAt(formats, i)
      values.push(vector?.(i, buffer.subarray(at, next), format) ?? captureBytes(buffer, at, next, format, limit))
      at += length
    }
  }
  return values
}
