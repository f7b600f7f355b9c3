import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What a client received of one statement, as bytes. */
export interface Received {
  readonly columns?: readonly string[]
  readonly rows: readonly (readonly (Buffer | null)[])[]
  readonly copy?: Buffer
  /** CommandComplete's tag, `suspended`, `empty` or `error`. */
  readonly tag: string
  readonly sqlstate?: string
  readonly message?: string
}

/** One connection of a client, as what passed to it. */
class Passed {
  readonly chunks: Buffer[] = []

  /** It came to a session: what only asks for encryption, or to cancel, doesn't. */
  get hasBegun(): boolean {
    return messagesOf(Buffer.concat(this.chunks)).some(({ type }) => type === 'Z')
  }

  get results(): Received[] {
    return resultsOf(Buffer.concat(this.chunks))
  }
}

export interface Tap extends AsyncDisposable {
  readonly port: number
  /** What each connection has received, in the order in which they were made. */
  readonly connections: readonly Passed[]
}

/** Stands between a client and a port, and keeps what the client is sent: whatever is recorded, this is what came. */
export const tap = async (port: number): Promise<Tap> => {
  const connections: Passed[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const passed = new Passed()
    connections.push(passed)
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true })
    upstream.on('data', (chunk: Buffer) => passed.chunks.push(chunk))
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const textAt = (body: Buffer, at: number): string => body.toString('utf8', at, body.indexOf(0, at))

/** @see PostgreSQL documentation, "Message Formats", RowDescription */
const namesOf = (body: Buffer): string[] => {
  const names: string[] = []
  for (let at = 2, left = body.readInt16BE(0); left > 0; left--) {
    const name = textAt(body, at)
    names.push(name)
    at += Buffer.byteLength(name) + 1 + 18
  }
  return names
}

const valuesOf = (body: Buffer): (Buffer | null)[] => {
  const values: (Buffer | null)[] = []
  for (let at = 2, left = body.readInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at)
    at += 4
    values.push(length < 0 ? null : body.subarray(at, at + length))
    at += Math.max(0, length)
  }
  return values
}

const fieldsOf = (body: Buffer): Record<string, string> => {
  const fields: Record<string, string> = {}
  for (let at = 0; body[at] !== 0;) {
    const value = textAt(body, at + 1)
    fields[String.fromCharCode(body[at]!)] = value
    at += Buffer.byteLength(value) + 2
  }
  return fields
}

/** What stands before the first message: the server's word on encryption. */
const answers = new Set([0x4e, 0x47])

/** A server's messages, behind its word on encryption. */
const messagesOf = (bytes: Buffer): { readonly type: string; readonly body: Buffer }[] => {
  const messages = []
  let at = 0
  while (answers.has(bytes[at]!)) at++
  for (; at + 5 <= bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    const body = bytes.subarray(at + 5, at + 1 + bytes.readInt32BE(at + 1))
    messages.push({ type: String.fromCharCode(bytes[at]!), body })
  }
  return messages
}

/** The results in what a server has sent on one connection. */
const resultsOf = (bytes: Buffer): Received[] => {
  const results: Received[] = []
  let columns: string[] | undefined
  let rows: (Buffer | null)[][] = []
  let copied: Buffer[] | undefined
  const end = (tag: string, more: Partial<Received> = {}): void => {
    const copy = copied && { copy: Buffer.concat(copied) }
    results.push({ ...(columns && { columns }), rows, ...copy, tag, ...more })
    ;[columns, rows, copied] = [undefined, [], undefined]
  }
  const told: Readonly<Record<string, (body: Buffer) => void>> = {
    T: (body) => (columns = namesOf(body)),
    D: (body) => rows.push(valuesOf(body)),
    H: () => (copied = []),
    d: (body) => copied?.push(body),
    C: (body) => end(textAt(body, 0)),
    I: () => end('empty'),
    s: () => end('suspended'),
    E: (body) => {
      const { C: sqlstate = '', M: message = '' } = fieldsOf(body)
      end('error', { sqlstate, message })
    },
  }
  for (const { type, body } of messagesOf(bytes)) told[type]?.(body)
  return results
}
