import { serialize } from 'pg-protocol/dist/serializer.js'
import { HEADER } from './cutter.js'
import { Reader } from './reader.js'
import { Frontend } from './tags.js'

/** Any frame: type, length, body. What hoop itself says to a server is written by pg-protocol, below. */
export const frame = (tag: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const bodies = parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part))
  const length = bodies.reduce((sum, body) => sum + body.length, 4)
  const out = Buffer.allocUnsafe(1 + length)
  out[0] = tag
  out.writeInt32BE(length, 1)
  let at = HEADER
  for (const body of bodies) at += body.copy(out, at)
  return out
}

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])

/** Bytes of a name that the server tells from another's (NAMEDATALEN - 1, also for prepared statements and portals). */
const NAME = 63

/** Characters of a name that nothing is cut from, whatever they are: three bytes each at most. Keys of others are longer. */
const SHORT = 20

/**
 * What a name of a prepared statement or portal has to be looked up by: the server keeps them in tables of fixed-size
 * keys, so that names which differ later are one. A cut may go through a character, so bytes are compared.
 * @see PostgreSQL's dynahash.c (HASH_STRINGS), prepare.c, portalmem.c
 */
export const nameKey = (name: string): string =>
  name.length <= SHORT ? name : Buffer.from(name).toString('latin1', 0, NAME)

export interface Parse {
  readonly name: string
  readonly text: string
  /** OIDs of the parameters' types as sent, four bytes each; in the frame's buffer. */
  readonly types: Buffer
}

/** @throws {HoopError} FRAME_INVALID */
export const readQuery = (buffer: Buffer, start: number, end: number): string => {
  const reader = new Reader(buffer, start + HEADER, end)
  const text = reader.string()
  reader.done()
  return text
}

/** @throws {HoopError} FRAME_INVALID */
export const readParse = (buffer: Buffer, start: number, end: number): Parse => {
  const reader = new Reader(buffer, start + HEADER, end)
  const name = reader.string()
  const text = reader.string()
  const types = reader.bytes(4 * reader.uint16())
  reader.done()
  return { name, text, types }
}

export interface Bind {
  readonly portal: string
  readonly statement: string
  /** In the frame's buffer; valid as long as that is. */
  readonly parameters: readonly (Buffer | null)[]
  readonly parameterFormats: readonly number[]
  /** Result formats as sent: none, one for all, or one per column. */
  readonly resultFormats: readonly number[]
}

/** @throws {HoopError} FRAME_INVALID */
export const readBind = (buffer: Buffer, start: number, end: number): Bind => {
  const reader = new Reader(buffer, start + HEADER, end)
  const portal = reader.string()
  const statement = reader.string()
  const parameterFormats = formats(reader)
  const parameters = values(reader)
  const resultFormats = formats(reader)
  reader.done()
  return { portal, statement, parameters, parameterFormats, resultFormats }
}

export interface FunctionCall {
  readonly oid: number
  readonly parameters: readonly (Buffer | null)[]
  readonly parameterFormats: readonly number[]
}

/** @throws {HoopError} FRAME_INVALID. @see PostgreSQL documentation, "Message Formats", FunctionCall */
export const readFunctionCall = (buffer: Buffer, start: number, end: number): FunctionCall => {
  const reader = new Reader(buffer, start + HEADER, end)
  const oid = reader.int32() >>> 0
  const parameterFormats = formats(reader)
  const parameters = values(reader)
  reader.int16()
  reader.done()
  return { oid, parameters, parameterFormats }
}

const values = (reader: Reader): readonly (Buffer | null)[] => {
  const count = reader.uint16()
  const list: (Buffer | null)[] = []
  for (let i = 0; i < count; i++) {
    const length = reader.int32()
    list.push(length === -1 ? null : reader.bytes(length))
  }
  return list
}

const none: readonly number[] = []

const formats = (reader: Reader): readonly number[] => {
  const count = reader.uint16()
  if (count === 0) return none
  const list: number[] = []
  for (let i = 0; i < count; i++) list.push(reader.int16())
  return list
}

/** The format of the i-th of several values: a list of none means text, of one means it holds for all. */
export const formatAt = (list: readonly number[], i: number): number =>
  list.length === 0 ? 0 : list.length === 1 ? list[0]! : (list[i] ?? 0)

/** Describe and Close: `S` for a statement, `P` for a portal. @throws {HoopError} FRAME_INVALID */
export const readTarget = (buffer: Buffer, start: number, end: number): { of: 'S' | 'P' | undefined; name: string } => {
  const reader = new Reader(buffer, start + HEADER, end)
  const byte = reader.byte()
  const name = reader.string()
  reader.done()
  return { of: byte === 0x53 ? 'S' : byte === 0x50 ? 'P' : undefined, name }
}

/** @throws {HoopError} FRAME_INVALID */
export const readExecute = (buffer: Buffer, start: number, end: number): { portal: string } => {
  const reader = new Reader(buffer, start + HEADER, end)
  const portal = reader.string()
  reader.int32() // how many rows at most: the server's to heed
  reader.done()
  return { portal }
}

export const query = (text: string): Buffer => serialize.query(text)

/** By hand: pg-protocol prints a name of more than 63 characters on stderr, and this one may be the client's. */
export const parse = (name: string, text: string, types: Buffer = Buffer.alloc(0)): Buffer =>
  frame(Frontend.Parse, name, text, int16(types.length / 4), types)

/** Binds values in text format to the unnamed statement; results come in text format too. */
export const bindValues = (values: readonly string[]): Buffer => serialize.bind({ values: [...values] })

export const bindOf = (statement: string): Buffer => serialize.bind({ statement })

/** A FunctionCall of OID 0, which no function has; pg-protocol knows no FunctionCall. */
export const callOfNothing = (): Buffer => frame(Frontend.FunctionCall, Buffer.alloc(10))

export const describePortal = (portal: string): Buffer => serialize.describe({ type: 'P', name: portal })

export const executeOf = (portal: string): Buffer => serialize.execute({ portal })

export const closeOf = (type: 'S' | 'P', name: string): Buffer => serialize.close({ type, name })

export const flush = (): Buffer => serialize.flush()

export const sync = (): Buffer => serialize.sync()

export const terminate = (): Buffer => serialize.end()

export const password = (text: string): Buffer => serialize.password(text)

export const saslInitialResponse = (mechanism: string, response: string): Buffer =>
  serialize.sendSASLInitialResponseMessage(mechanism, response)

export const saslResponse = (response: string): Buffer => serialize.sendSCRAMClientFinalMessage(response)
