import type { Field } from '../../wire/backend.js'
import { HEADER } from '../../wire/cutter.js'

/** OIDs of the vector types of one database (vector, halfvec, sparsevec), and of arrays of them. */
export interface VectorTypes {
  readonly plain: ReadonlySet<number>
  readonly arrays: ReadonlySet<number>
}

export const noVectors: VectorTypes = { plain: new Set(), arrays: new Set() }

/** Counts the vector values of one message: `buffer[start, end)`, header included. */
export type VectorCount = (buffer: Buffer, start: number, end: number) => number

/** float4[] and float8[], what a vector is cast to where a program wants its numbers. */
const numberArrays: ReadonlySet<number> = new Set([1021, 1022])
/** text, varchar, bpchar, name-less literals, json, jsonb: where a vector's text can stand. */
const texts: ReadonlySet<number> = new Set([25, 1043, 1042, 705, 114, 3802])

/** Numbers in a row, from which on a list in a text counts as a vector. */
const MANY = 8

const [open, comma, space] = [0x5b, 0x2c, 0x20]

const ofNumber = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b

/**
 * Finds opening brackets. Most results have none: one search of a chunk then serves all of its rows and columns. A buffer
 * must not be written to while it is searched.
 */
class Brackets {
  #buffer: Buffer | undefined
  /** No bracket stands in between. */
  #from = 0
  #next = 0

  /** Where the first one at or behind a place stands, `Infinity` for nowhere. */
  next(buffer: Buffer, at: number): number {
    if (buffer !== this.#buffer || at < this.#from || at > this.#next) {
      const found = buffer.indexOf(open, at)
      this.#buffer = buffer
      this.#from = at
      this.#next = found < 0 ? Infinity : found
    }
    return this.#next
  }
}

/** How many lists of at least MANY numbers in square brackets a text holds. */
export const vectorsInText = (buffer: Buffer, start: number, end: number, brackets = new Brackets()): number => {
  let found = 0
  for (let at = brackets.next(buffer, start); at < end; at = brackets.next(buffer, at)) {
    let numbers = 1
    for (at++; at < end && numbers < MANY; at++) {
      const byte = buffer[at]!
      if (byte === comma) numbers++
      else if (!ofNumber(byte) && byte !== space) break
    }
    if (numbers >= MANY) found++
  }
  return found
}

/** Values of an array that has a header: the product of its dimensions. Text has two quotes for each element. */
const elements = (buffer: Buffer, start: number, end: number, binary: boolean): number => {
  if (!binary) {
    let quotes = 0
    for (let at = start; at < end; at++) if (buffer[at] === 0x22) quotes++
    return quotes / 2
  }
  const dimensions = end - start >= 12 ? buffer.readInt32BE(start) : 0
  let count = dimensions > 0 ? 1 : 0
  for (let i = 0; i < dimensions && start + 16 + 8 * i <= end; i++) count *= buffer.readInt32BE(start + 12 + 8 * i)
  return Math.max(0, count)
}

type Kind = 'none' | 'one' | 'array' | 'text'

const kindOf = ({ type }: Field, types: VectorTypes): Kind => {
  if (types.plain.has(type) || numberArrays.has(type)) return 'one'
  if (types.arrays.has(type)) return 'array'
  return texts.has(type) ? 'text' : 'none'
}

/**
 * Counts in DataRow messages.
 * @param hidden whether a column leaves masked: what stands there then is nobody's vector
 * @returns undefined where no column can hold a vector
 */
export const vectorsInRows = (
  fields: readonly Field[],
  types: VectorTypes,
  hidden: (column: number) => boolean,
): VectorCount | undefined => {
  const kinds = fields.map((field, i) => (hidden(i) ? 'none' : kindOf(field, types)))
  if (kinds.every((kind) => kind === 'none')) return undefined
  const onlyTexts = kinds.every((kind) => kind === 'none' || kind === 'text')
  const brackets = new Brackets()
  return (buffer, start, end) => {
    if (onlyTexts && brackets.next(buffer, start + HEADER) >= end) return 0
    let count = 0
    let at = start + HEADER + 2
    for (let column = 0; column < kinds.length && at + 4 <= end; column++) {
      const length = buffer.readInt32BE(at)
      at += 4
      if (length < 0) continue
      const kind = kinds[column]
      if (kind === 'one') count++
      else if (kind === 'array') count += elements(buffer, at, at + length, fields[column]!.format === 1)
      else if (kind === 'text') count += vectorsInText(buffer, at, at + length, brackets)
      at += length
    }
    return count
  }
}

/** `vector`, `halfvec` or `sparsevec` in binary, told by its own header: COPY says nothing of types. */
const isVector = (buffer: Buffer, at: number, length: number): boolean => {
  if (length < 8) return false
  const dimensions = buffer.readUInt16BE(at)
  const dense = buffer.readUInt16BE(at + 2) === 0 && dimensions > 1
  if (dense && (length === 4 + 4 * dimensions || length === 4 + 2 * dimensions)) return true
  return length >= 12 && buffer.readInt32BE(at + 8) === 0 && length === 12 + 8 * buffer.readInt32BE(at + 4)
}

/** Length of the signature, the flags and an empty extension in front of a binary COPY's first row. */
export const COPY_HEADER = 19

const vectorsInBinaryCopy = (buffer: Buffer, start: number, end: number, first: boolean): number => {
  let count = 0
  let at = start + HEADER + (first ? COPY_HEADER : 0)
  const columns = at + 2 <= end ? buffer.readInt16BE(at) : 0
  at += 2
  for (let column = 0; column < columns && at + 4 <= end; column++) {
    const length = buffer.readInt32BE(at)
    at += 4
    if (length < 0) continue
    if (at + length <= end && isVector(buffer, at, length)) count++
    at += length
  }
  return count
}

/** Counts in CopyData messages, one row each. @param first whether the message begins the stream */
export const vectorsInCopy = (
  binary: boolean,
): ((buffer: Buffer, start: number, end: number, first: boolean) => number) => {
  if (binary) return vectorsInBinaryCopy
  const brackets = new Brackets()
  return (buffer, start, end) => vectorsInText(buffer, start + HEADER, end, brackets)
}
