/**
 * Run as a process: `node drain.js SQL`, with libpq's environment. Logs in, sends the statement, throws the answer away
 * as fast as it comes, and prints what it was: JSON of Drained. Rows are not even cut into messages, so that the client
 * is not what is measured.
 */
import type { Socket } from 'node:net'
import { Client } from 'pg'

export interface Drained {
  /** CommandComplete's tag: how many rows. */
  readonly tag: string
  readonly bytes: number
  /** From the statement's sending to ReadyForQuery. */
  readonly milliseconds: number
}

/** ReadyForQuery, idle: no text value holds these bytes. */
const ready = Buffer.from('5a0000000549', 'hex')

const query = (sql: string): Buffer => {
  const body = Buffer.from(`${sql}\0`)
  const head = Buffer.from('Q\0\0\0\0')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const drain = (stream: Socket, sql: string): Promise<Drained> =>
  new Promise((resolve, reject) => {
    let bytes = 0
    let tail: Buffer = Buffer.alloc(0)
    const begun = performance.now()
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      tail = chunk.length >= 64 ? chunk.subarray(-64) : Buffer.concat([tail, chunk]).subarray(-64)
      if (!tail.subarray(-ready.length).equals(ready)) return
      const milliseconds = performance.now() - begun
      const tag = /(?:COPY|SELECT) \d+(?=\0)/.exec(tail.toString('latin1'))?.[0]
      if (tag === undefined) reject(new Error(`the statement failed: ${chunk.toString('utf8', 0, 500)}`))
      else resolve({ tag, bytes, milliseconds })
    })
    stream.once('close', () => reject(new Error('the connection was closed')))
    stream.write(query(sql))
  })

const client = new Client({ ssl: process.env['PGSSLMODE'] === 'require' && { rejectUnauthorized: false } })
client.on('error', () => undefined) // its stream is taken from it, and tells
await client.connect()
const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
stream.removeAllListeners('data')
process.stdout.write(`${JSON.stringify(await drain(stream, process.argv[2]!))}\n`)
stream.end(Buffer.from('X\0\0\0\x04')) // Terminate
