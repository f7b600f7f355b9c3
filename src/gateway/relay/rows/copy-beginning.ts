import { characterEnd } from './capture.js'

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const NEWLINE = 0x0a

/**
 * The beginning of a COPY stream as a recording shows it: cut behind the last whole line, or where there is none behind the last
 * whole character. Binary ones end where they were cut.
 * @param cut whether the stream goes on behind it
 * @see PostgreSQL documentation, "COPY", File Formats
 */
export const copyBeginning = (data: Buffer, cut: boolean): Buffer => {
  if (!cut || data.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return data
  const line = data.lastIndexOf(NEWLINE) + 1
  return data.subarray(0, line > 0 ? line : wholeCharacters(data))
}

/** @see RFC 3629, section 3: a first byte tells how many bytes its character has */
const wholeCharacters = (data: Buffer): number => {
  const last = characterEnd(data, 0, data.length - 1)
  const first = data[last] ?? 0
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
  return last + length <= data.length ? data.length : last
}
