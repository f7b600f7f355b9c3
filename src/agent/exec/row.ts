import { HEADER } from '../../wire/cutter.js'
import { Reader } from '../../wire/reader.js'

/** The values of a DataRow in text format. @throws {HoopError} FRAME_INVALID */
export function readRow(buffer: Buffer, start: number, end: number): (string | null)[] {
  const reader = new Reader(buffer, start + HEADER, end)
  const count = reader.uint16()
  const values: (string | null)[] = []
  for (let i = 0; i < count; i++) {
    const length = reader.int32()
    values.push(length === -1 ? null : reader.bytes(length).toString('utf8'))
  }
  reader.done()
  return values
}
