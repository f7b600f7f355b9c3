import { HoopError } from '../lib/errors.js'
import { HEADER } from './cutter.js'
import { frame } from './frontend.js'
import { Reader } from './reader.js'
import { MAX_SECRET } from './startup.js'
import { Backend } from './tags.js'

/** One column of a RowDescription. @see PostgreSQL documentation, "Message Formats", RowDescription */
export interface Field {
  readonly name: string
  /** OID of the table the column comes from, 0 where it is no plain column. */
  readonly table: number
  /** Attribute number in that table, 0 where it is no plain column (or a whole row). */
  readonly attribute: number
  readonly type: number
  readonly size: number
  readonly modifier: number
  /** 0 text, 1 binary; of the Describe(statement) answer always 0. */
  readonly format: number
}

/** @throws {HoopError} FRAME_INVALID */
export const readRowDescription = (buffer: Buffer, start: number, end: number): readonly Field[] => {
  const reader = new Reader(buffer, start + HEADER, end)
  const count = reader.uint16()
  const fields: Field[] = []
  for (let i = 0; i < count; i++)
    fields.push({
      name: reader.string(),
      table: reader.uint32(),
      attribute: reader.int16(),
      type: reader.uint32(),
      size: reader.int16(),
      modifier: reader.int32(),
      format: reader.int16(),
    })
  reader.done()
  return fields
}

/** The value of a DataRow of one column; undefined for NULL. @throws {HoopError} FRAME_INVALID */
export const onlyColumn = (buffer: Buffer, start: number, end: number): string | undefined => {
  const reader = new Reader(buffer, start + HEADER, end)
  if (reader.uint16() !== 1) throw new HoopError('FRAME_INVALID', 'a row of one column')
  const length = reader.int32()
  const value = length < 0 ? undefined : reader.bytes(length).toString()
  reader.done()
  return value
}

/** CopyInResponse, CopyOutResponse. @throws {HoopError} FRAME_INVALID */
export const readCopyResponse = (buffer: Buffer, start: number, end: number): { binary: boolean; columns: number } => {
  const reader = new Reader(buffer, start + HEADER, end)
  const binary = reader.byte() === 1
  const columns = reader.uint16()
  reader.bytes(2 * columns)
  reader.done()
  return { binary, columns }
}

/** CommandComplete's tag. @throws {HoopError} FRAME_INVALID */
export const readTag = (buffer: Buffer, start: number, end: number): string => {
  const reader = new Reader(buffer, start + HEADER, end)
  const tag = reader.string()
  reader.done()
  return tag
}

/** @throws {HoopError} FRAME_INVALID */
export const readParameterStatus = (buffer: Buffer, start: number, end: number): { name: string; value: string } => {
  const reader = new Reader(buffer, start + HEADER, end)
  const status = { name: reader.string(), value: reader.string() }
  reader.done()
  return status
}

/** What NOTIFY sent, and the process that did. */
export interface Notification {
  readonly pid: number
  readonly channel: string
  readonly payload: string
}

/** @throws {HoopError} FRAME_INVALID */
export const readNotification = (buffer: Buffer, start: number, end: number): Notification => {
  const reader = new Reader(buffer, start + HEADER, end)
  const sent = { pid: reader.int32(), channel: reader.string(), payload: reader.string() }
  reader.done()
  return sent
}

export const notification = ({ pid, channel, payload }: Notification): Buffer =>
  frame(Backend.Notification, int32(pid), channel, payload)

/** @throws {HoopError} FRAME_INVALID */
export const readKey = (buffer: Buffer, start: number, end: number): { pid: number; secret: Buffer } => {
  const reader = new Reader(buffer, start + HEADER, end)
  const pid = reader.int32()
  if (reader.left > MAX_SECRET) throw new HoopError('FRAME_INVALID', 'a cancel key is too long')
  return { pid, secret: Buffer.from(reader.bytes(reader.left)) }
}

const int32 = (value: number): Buffer => {
  const out = Buffer.allocUnsafe(4)
  out.writeInt32BE(value)
  return out
}

export const authenticationOk = (): Buffer => frame(Backend.Authentication, int32(0))

export const backendKeyData = (pid: number, secret: Buffer): Buffer => frame(Backend.BackendKeyData, int32(pid), secret)

/** @param minor the newest minor version of protocol 3 that is served; @param unknown options that were not understood */
export const negotiateProtocolVersion = (minor: number, unknown: readonly string[]): Buffer =>
  frame(Backend.NegotiateProtocolVersion, int32((3 << 16) | minor), int32(unknown.length), ...unknown)
