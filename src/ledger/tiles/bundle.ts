import { HoopError } from '../../lib/errors.js'

/** Entries, each behind its length in two bytes. @see C2SP tlog-tiles, “Log entries” */
export const encodeBundle = (entries: readonly Buffer[]): Buffer =>
  Buffer.concat(
    entries.flatMap((entry) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(entry.length)
      return [length, entry]
    }),
  )

/** @throws {HoopError} LEDGER_DAMAGED */
export const decodeBundle = (bytes: Buffer): Buffer[] => {
  const entries: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 <= bytes.length ? at + 2 + bytes.readUInt16BE(at) : Infinity
    if (end > bytes.length) throw new HoopError('LEDGER_DAMAGED', 'a bundle of entries ends in the middle of one')
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}
