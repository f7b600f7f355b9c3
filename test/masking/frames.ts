import type { Field } from '../../src/wire/backend.js'

/** The body of a DataRow: int16 count, then int32 length and bytes each; null is -1. */
export const rowBody = (values: readonly (Buffer | string | null)[]): Buffer => {
  const count = Buffer.alloc(2)
  count.writeInt16BE(values.length)
  return Buffer.concat([
    count,
    ...values.map((value) => {
      const bytes = value === null ? Buffer.alloc(0) : Buffer.from(value)
      const length = Buffer.alloc(4)
      length.writeInt32BE(value === null ? -1 : bytes.length)
      return Buffer.concat([length, bytes])
    }),
  ])
}

/** A whole message. */
export const message = (tag: string, body: Buffer): Buffer => {
  const header = Buffer.from(`${tag}0000`, 'latin1')
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

export const fields = (count: number): Field[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ name: `c${index}`, table: 1, attribute: index + 1, type: 25, size: -1, modifier: -1, format: 0 },
  }))

/** What COPY's binary format has around its rows. */
export const binaryHeader = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
export const binaryTrailer = Buffer.from([0xff, 0xff])
