import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readErrorFields, type ErrorFields } from '../../../src/wire/error-fields.js'
import { Cutter, HEADER, MemoryBudget } from '../../../src/wire/cutter.js'
import { frame } from '../../../src/wire/frontend.js'
import { startupMessage } from '../../../src/wire/startup.js'

export interface Message {
  /** One letter. */
  readonly type: string
  readonly body: Buffer
}

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])
const int32 = (value: number): Buffer => {
  const out = Buffer.alloc(4)
  out.writeInt32BE(value)
  return out
}

/** Frames as a client sends them. */
export const send = {
  query: (text: string) => frame(0x51, text),
  parse: (text: string, name = '') => frame(0x50, name, text, int16(0)),
  bind: (
    values: readonly (string | Buffer | null)[] = [],
    { portal = '', name = '', formats = [] as readonly number[], results = [] as readonly number[] } = {},
  ) =>
    frame(
      0x42,
      portal,
      name,
      int16(formats.length),
      ...formats.map(int16),
      int16(values.length),
      ...values.flatMap((value) =>
        value === null ? [int32(-1)] : [int32(Buffer.byteLength(value)), Buffer.from(value as string)],
      ),
      int16(results.length),
      ...results.map(int16),
    ),
  describe: (of: 'S' | 'P' = 'P', name = '') => frame(0x44, Buffer.from(of), name),
  execute: (portal = '', rows = 0) => frame(0x45, portal, int32(rows)),
  close: (of: 'S' | 'P', name: string) => frame(0x43, Buffer.from(of), name),
  sync: () => frame(0x53),
  flush: () => frame(0x48),
  copyData: (data: string | Buffer) => frame(0x64, Buffer.from(data as string)),
  copyDone: () => frame(0x63),
  copyFail: (why: string) => frame(0x66, why),
  terminate: () => frame(0x58),
  functionCall: (oid: number) => frame(0x46, int32(oid), int16(0), int16(0), int16(0)),
}

/** A client that speaks bytes: sends what it is told, collects what comes. */
export class WireClient {
  readonly socket: Socket
  readonly messages: Message[] = []
  #wake: (() => void) | undefined
  closed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    const cutter = new Cutter(
      {
        whole: () => true,
        frame: (tag, buffer, start, end) =>
          this.messages.push({ type: String.fromCharCode(tag), body: buffer.subarray(start + HEADER, end) }),
        piece: () => undefined,
      },
      new MemoryBudget(2 ** 31),
    )
    socket.on('data', (chunk) => {
      cutter.feed(chunk)
      this.#wake?.()
    })
    const close = (): void => {
      this.closed = true
      this.#wake?.()
    }
    socket.on('end', close).on('close', close).on('error', close)
  }

  static async open(port: number): Promise<WireClient> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    await once(socket, 'connect')
    return new WireClient(socket)
  }

  /** Logs in with protocol 3.`minor` and reads up to the first ReadyForQuery or the end. */
  static async login(port: number, parameters: Record<string, string> = { user: 'x' }, minor = 0): Promise<WireClient> {
    const client = await WireClient.open(port)
    client.socket.write(startupMessage(Object.entries(parameters), minor))
    await client.until(1)
    return client
  }

  write(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames))
  }

  /** Waits for so many ReadyForQuery, or the connection's end, and takes out everything up to then. */
  async until(ready: number): Promise<Message[]> {
    let left = ready
    return this.#take(({ type }) => type === 'Z' && --left === 0)
  }

  /** Waits for the next message of a type, and takes out everything up to it. */
  async untilType(type: string): Promise<Message[]> {
    return this.#take((message) => message.type === type)
  }

  async ask(...frames: readonly Buffer[]): Promise<Message[]> {
    this.write(...frames)
    return this.until(1)
  }

  async end(): Promise<void> {
    this.socket.end(send.terminate())
    while (!this.closed) await this.#more()
    this.socket.destroy()
  }

  async #take(last: (message: Message) => boolean): Promise<Message[]> {
    for (let at = 0; ;) {
      for (; at < this.messages.length; at++) if (last(this.messages[at]!)) return this.messages.splice(0, at + 1)
      if (this.closed) return this.messages.splice(0)
      await this.#more()
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }
}

/** The types of messages, one letter each: `12TDCZ`. */
export const types = (messages: readonly Message[]): string => messages.map(({ type }) => type).join('')

export const errorsIn = (messages: readonly Message[]): ErrorFields[] =>
  messages
    .filter(({ type }) => type === 'E')
    .map(({ body }) => {
      const whole = Buffer.concat([Buffer.alloc(5), body])
      return readErrorFields(whole, 0, whole.length)
    })

/** ReadyForQuery's transaction states: `I`, `T`, `E`. */
export const states = (messages: readonly Message[]): string =>
  messages.flatMap(({ type, body }) => (type === 'Z' ? [body.toString()] : [])).join('')

/** Rows as strings, for results in text format. */
export const rowsIn = (messages: readonly Message[]): (string | null)[][] =>
  messages
    .filter(({ type }) => type === 'D')
    .map(({ body }) => valuesOf(body).map((value) => value?.toString() ?? null))

export const valuesOf = (body: Buffer): (Buffer | null)[] => {
  const values: (Buffer | null)[] = []
  let at = 2
  for (let i = 0; i < body.readUInt16BE(0); i++) {
    const length = body.readInt32BE(at)
    at += 4
    values.push(length < 0 ? null : body.subarray(at, (at += length)))
  }
  return values
}
