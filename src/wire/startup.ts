import { HoopError } from '../lib/errors.js'
import { Reader } from './reader.js'

/** What a connection begins with, before any typed message. @see PostgreSQL documentation, "Message Flow: Start-up" */
export type StartupPacket =
  | { readonly kind: 'ssl' }
  | { readonly kind: 'gss' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: Buffer }
  | {
      readonly kind: 'startup'
      readonly major: number
      readonly minor: number
      readonly parameters: ReadonlyMap<string, string>
    }

/** Longest secret of a cancel key that protocol 3.2 allows, bytes. */
export const MAX_SECRET = 256

/** PostgreSQL's own bound (MAX_STARTUP_PACKET_LENGTH), length word included. */
export const MAX_STARTUP = 10_000

const SSL_REQUEST = 80877103
const GSSENC_REQUEST = 80877104
const CANCEL_REQUEST = 80877102

/**
 * Size of the startup packet at the head of `buffer`, or undefined while its length word is incomplete.
 * @throws {HoopError} STARTUP_INVALID where the length can't be one
 */
export const startupSize = (buffer: Buffer): number | undefined => {
  // Some other protocol's first bytes: say so at once instead of waiting for a length that never comes.
  if (buffer.length > 0 && buffer[0] !== 0)
    throw new HoopError('STARTUP_INVALID', 'this is not the PostgreSQL protocol')
  if (buffer.length < 4) return undefined
  const size = buffer.readInt32BE(0)
  if (size < 8 || size > MAX_STARTUP) throw new HoopError('STARTUP_INVALID', `length ${size}`)
  return size
}

/** @param buffer one whole packet. @throws {HoopError} STARTUP_INVALID, PROTOCOL_VERSION */
export const readStartup = (buffer: Buffer): StartupPacket => {
  const code = buffer.readInt32BE(4)
  if (code === SSL_REQUEST && buffer.length === 8) return { kind: 'ssl' }
  if (code === GSSENC_REQUEST && buffer.length === 8) return { kind: 'gss' }
  if (code === CANCEL_REQUEST) {
    if (buffer.length < 16 || buffer.length > 12 + MAX_SECRET) throw new HoopError('STARTUP_INVALID', 'cancel key')
    return { kind: 'cancel', pid: buffer.readInt32BE(8), secret: Buffer.from(buffer.subarray(12)) }
  }
  const major = code >>> 16
  if (major !== 3) throw new HoopError('PROTOCOL_VERSION', `${major}.${code & 0xffff}`)
  return { kind: 'startup', major, minor: code & 0xffff, parameters: parametersOf(buffer) }
}

const parametersOf = (buffer: Buffer): Map<string, string> => {
  const reader = new Reader(buffer, 8, buffer.length)
  const parameters = new Map<string, string>()
  try {
    for (let name = reader.string(); name !== ''; name = reader.string()) parameters.set(name, reader.string())
    reader.done()
  } catch (cause) {
    throw new HoopError('STARTUP_INVALID', 'parameters', { cause })
  }
  return parameters
}

/** A StartupMessage of protocol 3.`minor`. */
export const startupMessage = (parameters: Iterable<readonly [string, string]>, minor = 0): Buffer => {
  const text = [...parameters].map(([name, value]) => `${name}\0${value}\0`).join('')
  const bytes = Buffer.from(`${text}\0`)
  const head = Buffer.allocUnsafe(8)
  head.writeInt32BE(8 + bytes.length, 0)
  head.writeInt32BE((3 << 16) | minor, 4)
  return Buffer.concat([head, bytes])
}

const request = (code: number): Buffer => {
  const out = Buffer.allocUnsafe(8)
  out.writeInt32BE(8, 0)
  out.writeInt32BE(code, 4)
  return out
}

export const sslRequest = (): Buffer => request(SSL_REQUEST)

export const cancelRequest = (pid: number, secret: Buffer): Buffer => {
  const out = Buffer.allocUnsafe(12)
  out.writeInt32BE(12 + secret.length, 0)
  out.writeInt32BE(CANCEL_REQUEST, 4)
  out.writeInt32BE(pid, 8)
  return Buffer.concat([out, secret])
}
