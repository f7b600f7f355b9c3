/** Messages as libpq and the server send them, for what reads, relays and masks them. */
import { frame } from '../../../src/wire/frontend.js'
import { Backend, Frontend } from '../../../src/wire/tags.js'

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

/** Text columns by name, of a table with that OID. */
export const rowDescription = (table: number, names: readonly string[]): Buffer =>
  frame(
    Backend.RowDescription,
    int(names.length, 2),
    ...names.flatMap((name, i) => [name, int(table, 4), int(i + 1, 2), int(25, 4), int(-1, 2), int(-1, 4), int(0, 2)]),
  )

const ready = frame(Backend.ReadyForQuery, Buffer.from('I'))

export const complete = (tag: string): Buffer => Buffer.concat([frame(Backend.CommandComplete, tag), ready])

/** What PQprepare and PQexecPrepared exchange, with one parameter. */
export const prepared = {
  prepare: (text: string) => ({
    asked: Buffer.concat([frame(Frontend.Parse, 'P_0', text, int(0, 2)), frame(Frontend.Sync)]),
    answered: Buffer.concat([frame(Backend.ParseComplete), ready]),
  }),
  execute: (parameter: string, columns: Buffer, row: Buffer) => ({
    asked: Buffer.concat([
      frame(
        Frontend.Bind,
        '',
        'P_0',
        int(0, 2),
        int(1, 2),
        int(parameter.length, 4),
        Buffer.from(parameter),
        int(0, 2),
      ),
      frame(Frontend.Describe, Buffer.from('P'), ''),
      frame(Frontend.Execute, '', int(0, 4)),
      frame(Frontend.Sync),
    ]),
    answered: Buffer.concat([frame(Backend.BindComplete), columns, row, complete('SELECT 1')]),
  }),
}

/** What PQexec exchanges. */
export const simple = (text: string, columns: Buffer, row: Buffer) => ({
  asked: frame(Frontend.Query, text),
  answered: Buffer.concat([columns, row, complete('SELECT 1')]),
})

/** A customer, some 130 bytes; the third value is an e-mail address. */
export const customer = {
  columns: ['id', 'name', 'email', 'created', 'note'],
  values: [
    '1234567',
    'Customer 1234567',
    'customer.1234567@example.com',
    '2020-01-15 06:56:07+00',
    'd41d8cd98f00b204e9800998ecf8427e d41d8cd98f00b204e9800998ecf8427e',
  ],
} as const

/** As many copies as fit into what a socket gives at once. */
export const chunkOf = (message: Buffer): Buffer =>
  Buffer.concat(Array<Buffer>(Math.floor(65_536 / message.length)).fill(message))
