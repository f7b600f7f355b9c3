import { HEADER } from './cutter.js'

/** What follows a column's name in a RowDescription, bytes. */
const REST = 18

/** A RowDescription without what its columns are called: each character is a question mark. */
export const withoutNames = (buffer: Buffer, start: number, end: number): Buffer => {
  const copy = Buffer.from(buffer.subarray(start, end))
  const fields = copy.readUInt16BE(HEADER)
  for (let i = 0, at = HEADER + 2; i < fields; i++) {
    const nul = copy.indexOf(0, at)
    copy.fill('?', at, nul)
    at = nul + 1 + REST
  }
  return copy
}
