import type { TLSSocket } from 'node:tls'

/** RFC 9113, section 6. */
export const Frame = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const
export const END_HEADERS = 4

export const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** An integer of HPACK in a byte of its own, 7 bits of prefix (RFC 7541, section 5.1). */
const length = (value: number): Buffer => {
  if (value < 127) return Buffer.from([value])
  const bytes = [127]
  let rest = value - 127
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

const text = (value: string): Buffer => Buffer.concat([length(Buffer.byteLength(value)), Buffer.from(value)])

/** Literal fields that no table keeps (RFC 7541, section 6.2.2). */
export const fields = (headers: Record<string, unknown>): Buffer =>
  Buffer.concat(Object.entries(headers).flatMap(([name, value]) => [Buffer.from([0]), text(name), text(String(value))]))

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** One setting (RFC 9113, section 6.5.1). */
export const setting = (id: number, value: number): Buffer => Buffer.concat([Buffer.from([0, id]), uint32(value)])

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Begins a connection, with settings of one's own. */
export const begin = (settings: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([preface, frame(Frame.settings, 0, 0, settings)])

/**
 * Writes as fast as the other side reads, until there is nothing more or it hangs up.
 * @returns whether it has hung up
 */
export const flood = async (socket: TLSSocket, parts: Iterable<Buffer>): Promise<boolean> => {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  let batch: Buffer[] = []
  const write = async (): Promise<void> => {
    const room = socket.write(Buffer.concat(batch))
    batch = []
    if (!room) await Promise.race([closed, new Promise<void>((resolve) => socket.once('drain', () => resolve()))])
  }
  for (const part of parts) {
    if (socket.destroyed) return true
    batch.push(part)
    if (batch.length === 50) await write()
  }
  if (!socket.destroyed && batch.length > 0) await write()
  return socket.destroyed
}
