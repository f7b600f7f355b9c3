import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { fileMagic, hashLength, headerPrefix, maxHeader, trailerLength, trailerMagic } from './layout.js'

/** What stands around the frames: the header that seeds the chain, and the trailer that closes it. */
export interface RecordingHeader {
  readonly version: 1
  readonly session: string
  /** ISO 8601, UTC */
  readonly created: string
}

/** A value of the chain: the 32 bytes of a SHA-256 as latin1, which costs a third of what a Buffer does. */
export type ChainValue = string

export const sha256 = (bytes: Buffer): ChainValue => hash('sha256', bytes, 'binary')

export const toHex = (value: ChainValue): string => Buffer.from(value, 'latin1').toString('hex')

export const encodeHeader = (header: RecordingHeader): Buffer => {
  const json = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.alloc(headerPrefix)
  fileMagic.copy(prefix)
  prefix.writeUInt32LE(json.length, 8)
  prefix.writeUInt32LE(crc32(json), 12)
  return Buffer.concat([prefix, json])
}

/** How many bytes the whole header takes, from its first 16; undefined where this is no recording. */
export const headerLength = (prefix: Buffer): number | undefined => {
  if (prefix.length < headerPrefix || !prefix.subarray(0, 8).equals(fileMagic)) return undefined
  const length = prefix.readUInt32LE(8)
  return length > maxHeader ? undefined : headerPrefix + length
}

/** @returns undefined where the checksum, the JSON or the version is not right */
export const decodeHeader = (bytes: Buffer): RecordingHeader | undefined => {
  const json = bytes.subarray(headerPrefix)
  if (crc32(json) !== bytes.readUInt32LE(12)) return undefined
  try {
    const header = JSON.parse(json.toString()) as RecordingHeader
    return header.version === 1 && typeof header.session === 'string' ? header : undefined
  } catch {
    return undefined
  }
}

export interface Trailer {
  readonly indexOffset: number
  /** The chain's value after the index frame. */
  readonly head: ChainValue
}

export const encodeTrailer = ({ indexOffset, head }: Trailer): Buffer => {
  const bytes = Buffer.alloc(trailerLength)
  trailerMagic.copy(bytes)
  bytes.writeBigUInt64LE(BigInt(indexOffset), 8)
  bytes.write(head, 16, 'latin1')
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 48)), 48)
  return bytes
}

/** @returns undefined where these are not 52 bytes that `encodeTrailer` made */
export const decodeTrailer = (bytes: Buffer): Trailer | undefined => {
  if (bytes.length !== trailerLength || !bytes.subarray(0, 8).equals(trailerMagic)) return undefined
  if (crc32(bytes.subarray(0, 48)) !== bytes.readUInt32LE(48)) return undefined
  const offset = bytes.readBigUInt64LE(8)
  if (offset > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  return { indexOffset: Number(offset), head: bytes.toString('latin1', 16, 16 + hashLength) }
}
