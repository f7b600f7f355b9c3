import { createHmac, randomBytes } from 'node:crypto'

/** Fewer numbers than these are no embedding: ranges, points and short lists are left as they are. */
const fewest = 3
/** Hexadecimal digits of a fingerprint: equal ones within a recording are equal values, but for one in 2^48. */
const digits = 12
/** Types of extensions have OIDs from here on; those of the server itself are below. @see PostgreSQL, transam.h, FirstNormalObjectId */
const firstOfExtensions = 16_384

const OPEN = 0x5b
const CLOSE = 0x5d
const COMMA = 0x2c

/** Bytes that numbers, and the signs between them, are written with: `0-9 + - . e E`, comma and space. */
const numeric = new Uint8Array(256)
for (const char of '0123456789+-.eE, ') numeric[char.charCodeAt(0)] = 1

/** `[0.1,0.2,…]`: how many numbers; 0 where it is something else. */
const denseText = (bytes: Buffer): number => {
  if (bytes[0] !== OPEN || bytes[bytes.length - 1] !== CLOSE) return 0
  let numbers = 1
  for (let at = 1; at < bytes.length - 1; at++) {
    if (numeric[bytes[at]!] === 0) return 0
    if (bytes[at] === COMMA) numbers++
  }
  return numbers
}

/** pgvector's `sparsevec`: `{1:0.5,7:0.1}/1536`; its dimension. */
const sparse = /^\{[\d:.,eE+\- ]*\}\/(\d{1,10})$/

const sparseText = (bytes: Buffer): number =>
  bytes[0] === 0x7b ? Number(sparse.exec(bytes.toString('latin1'))?.[1] ?? 0) : 0

/** int16 dimensions, int16 0, then float4 or half each; `sparsevec`: int32 dimensions, entries, 0, then int32 and float4 each. */
const binary = (bytes: Buffer): number => {
  if (bytes.length < 10) return 0
  const dense = bytes.readInt16BE(0)
  if (bytes.readInt16BE(2) === 0 && [2, 4].includes((bytes.length - 4) / dense)) return dense
  const [dimensions, entries] = [bytes.readInt32BE(0), bytes.readInt32BE(4)]
  const isSparse = bytes.length >= 12 && bytes.readInt32BE(8) === 0 && bytes.length === 12 + 8 * entries
  return isSparse && entries >= 0 && dimensions >= entries ? dimensions : 0
}

const dimensionsOf = (bytes: Buffer, format: number): number =>
  format === 1 ? binary(bytes) : denseText(bytes) || sparseText(bytes)

/** A literal of numbers in brackets, to its end or the end of what is recorded of the text. */
const literal = /'(\[[\d+\-.eE,\s]+(?:\]|$)|\{[\d:.,eE+\-\s]+(?:\}\/\d{1,10}|$))('?)/g

/** A field of numbers in brackets, quoted or not, to its end or the end of what is kept. */
const field = /(^|[\t\n",;|])(\[[\d+\-.eE, ]+(?:\]|$))(?=[\t\n\r",;|]|$)/g

/**
 * What stands in a recording for vectors: how many numbers they have, and a fingerprint by which equal ones are seen to be equal. Its
 * key lives as long as the session and is kept nowhere, so that nobody can try values against a recording.
 */
export class VectorPrints {
  readonly #key = randomBytes(32)

  /** Whether values of a column may be vectors: pgvector's types are those of an extension. @param type OID */
  static mayBe(type: number): boolean {
    return type >= firstOfExtensions
  }

  /** @returns undefined for what is no vector */
  of(bytes: Buffer, format: number): string | undefined {
    const dimensions = dimensionsOf(bytes, format)
    return dimensions < fewest ? undefined : this.#print(dimensions, bytes)
  }

  /** A text without the vectors that are written in it. @param found is told how many there are */
  text(text: string, found: (count: number) => void): string {
    if (!text.includes("'[") && !text.includes("'{")) return text
    let count = 0
    const without = text.replace(literal, (whole, value: string, quote: string) => {
      const bytes = Buffer.from(value)
      const isWhole = quote === "'"
      // One that goes on behind what is recorded is none by its form, and would be there in part.
      const dimensions = isWhole ? dimensionsOf(bytes, 0) : value.split(',').length
      if (dimensions < fewest) return whole
      count++
      return `'${this.#print(dimensions, bytes)}${quote}`
    })
    if (count > 0) found(count)
    return without
  }

  /** The beginning of a COPY's data in text or CSV: its fields. In binary it stays as it is. */
  copied(data: Buffer): Buffer {
    if (data.subarray(0, 6).toString('latin1') === 'PGCOPY' || !data.includes(OPEN)) return data
    const without = data.toString('latin1').replace(field, (whole, before: string, value: string) => {
      const dimensions = value.split(',').length
      return dimensions < fewest ? whole : before + this.#print(dimensions, Buffer.from(value))
    })
    return Buffer.from(without, 'latin1')
  }

  #print(dimensions: number, bytes: Buffer): string {
    const fingerprint = createHmac('sha256', this.#key).update(bytes).digest('hex').slice(0, digits)
    return `[vector ${dimensions} ${fingerprint}]`
  }
}
