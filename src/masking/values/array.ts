import { HoopError } from '../../lib/errors.js'

/** What becomes of one element; null is SQL's NULL. NULL elements aren't asked about. */
export type MapElement = (element: Buffer) => Buffer | null

const [OPEN, CLOSE, QUOTE, BACKSLASH, COMMA, BRACKET, EQUALS] = [...Buffer.from('{}"\\,[=')] as [
  ...[number, number, number, number, number, number, number],
]

/** As many as PostgreSQL has. */
const MAX_DIMENSIONS = 6

/** Stand before an array that doesn't count from 1. */
const BOUNDS = /^(?:\[-?\d{1,10}:-?\d{1,10}\]){1,6}=$/

const NULL = Buffer.from('NULL')

const malformed = (): HoopError => new HoopError('FRAME_INVALID', 'an array is not one')

/** What can't stand there without quotes. @see PostgreSQL source, array_out */
const NEEDS_QUOTES = /^$|^null$|["\\{},\s]/i

const written = (element: Buffer | null): Buffer => {
  if (element === null) return NULL
  const text = element.toString('latin1')
  return NEEDS_QUOTES.test(text) ? Buffer.from(`"${text.replace(/["\\]/g, '\\$&')}"`, 'latin1') : element
}

/** The element whose opening quote is at `start`. */
const quoted = (value: Buffer, start: number): { readonly element: Buffer; readonly end: number } => {
  const bytes: number[] = []
  for (let at = start + 1; at < value.length; at++) {
    const byte = value[at]!
    if (byte === QUOTE) return { element: Buffer.from(bytes), end: at + 1 }
    bytes.push(byte === BACKSLASH ? (value[++at] ?? 0) : byte)
  }
  throw malformed()
}

const plain = (value: Buffer, start: number): { readonly element: Buffer; readonly end: number } => {
  let end = start
  while (end < value.length && value[end] !== COMMA && value[end] !== CLOSE) end++
  return { element: value.subarray(start, end), end }
}

/**
 * Replaces the elements of an array as text, whatever its dimensions: `[0:1]={{a,"b c"},{NULL,d}}`.
 * @throws {HoopError} FRAME_INVALID
 */
export const mapTextArray = (value: Buffer, map: MapElement): Buffer => {
  const begin = value[0] === BRACKET ? value.indexOf(EQUALS) + 1 : 0
  if (begin > 0 && !BOUNDS.test(value.toString('latin1', 0, begin))) throw malformed()
  const pieces = [value.subarray(0, begin)]
  let depth = 0
  let at = begin
  do {
    const byte = value[at]
    if (byte === OPEN || byte === CLOSE || byte === COMMA) {
      depth += byte === OPEN ? 1 : byte === CLOSE ? -1 : 0
      pieces.push(value.subarray(at, ++at))
      continue
    }
    const { element, end } = byte === QUOTE ? quoted(value, at) : plain(value, at)
    if (depth === 0 || end >= value.length) throw malformed()
    pieces.push(written(byte !== QUOTE && element.equals(NULL) ? null : map(element)))
    at = end
  } while (depth > 0 && depth <= MAX_DIMENSIONS)
  if (depth !== 0 || at !== value.length || at < begin + 2) throw malformed()
  return Buffer.concat(pieces)
}

/**
 * The same in binary: int32 dimensions, int32 whether NULL is in it, the elements' OID, int32 length and lower bound of
 * each dimension, then the elements, each behind its length.
 * @throws {HoopError} FRAME_INVALID
 */
export const mapBinaryArray = (value: Buffer, map: MapElement): Buffer => {
  const dimensions = value.length < 12 ? -1 : value.readInt32BE()
  let at = 12 + 8 * dimensions
  if (dimensions < 0 || dimensions > MAX_DIMENSIONS || at > value.length) throw malformed()
  const pieces: Buffer[] = [Buffer.from(value.subarray(0, at))]
  while (at < value.length) {
    const length = at + 4 > value.length ? -2 : value.readInt32BE(at)
    const end = at + 4 + Math.max(length, 0)
    if (length < -1 || end > value.length) throw malformed()
    const element = length === -1 ? null : map(value.subarray(at + 4, end))
    if (element === null) pieces[0]!.writeInt32BE(1, 4)
    const header = Buffer.alloc(4)
    header.writeInt32BE(element?.length ?? -1)
    pieces.push(header)
    if (element) pieces.push(element)
    at = end
  }
  return Buffer.concat(pieces)
}
