/** Messages as the server sends them, for what reads and masks them. */
import { frame } from '../../../src/wire/frontend.js'
import { Backend } from '../../../src/wire/tags.js'

const int = (value: number, bytes: 2 | 4): Buffer => {
  const out = Buffer.alloc(bytes)
  out.writeIntBE(value, 0, bytes)
  return out
}

/** @see PostgreSQL documentation, "Message Formats", DataRow */
export const dataRow = (values: readonly string[]): Buffer =>
  frame(
    Backend.DataRow,
    int(values.length, 2),
    ...values.flatMap((value) => [int(Buffer.byteLength(value), 4), Buffer.from(value)]),
  )

/** A customer, some 130 bytes; the third value is an e-mail address. */
export const customer = [
  '1234567',
  'Customer 1234567',
  'customer.1234567@example.com',
  '2020-01-15 06:56:07+00',
  'd41d8cd98f00b204e9800998ecf8427e d41d8cd98f00b204e9800998ecf8427e',
] as const

/** As many copies as fit into what a socket gives at once. */
export const chunkOf = (message: Buffer): Buffer =>
  Buffer.concat(Array<Buffer>(Math.floor(65_536 / message.length)).fill(message))
