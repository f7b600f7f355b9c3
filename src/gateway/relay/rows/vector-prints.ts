import { createHmac, randomBytes } from 'node:crypto'
import { copiedField, type CopyForm } from './copied-vectors.js'
import { arrayOf, blanks, denseText, sparseText } from './numbers.js'
import { fewest, withoutVectors } from './written-vectors.js'

/** Hexadecimal digits of a fingerprint: equal ones within a recording are equal values, but for one in 2^48. */
const digits = 12
/** Types of extensions have OIDs from here on; those of the server itself are below. @see PostgreSQL, transam.h, FirstNormalObjectId */
const firstOfExtensions = 16_384

/** Bytes that a vector in text begins with: `[`, `{`, or a blank. */
const beginnings: ReadonlySet<number | undefined> = new Set(Buffer.from('[{ \t\n\v\f\r'))

/** int16 dimensions, int16 0, then float4 or half each; `sparsevec`: int32 dimensions, entries, 0, then int32 and float4 each. */
const binary = (bytes: Buffer): number => {
  if (bytes.length < 10) return 0
  const dense = bytes.readInt16BE(0)
  if (bytes.readInt16BE(2) === 0 && [2, 4].includes((bytes.length - 4) / dense)) return dense
  const [dimensions, entries] = [bytes.readInt32BE(0), bytes.readInt32BE(4)]
  const isSparse = bytes.length >= 12 && bytes.readInt32BE(8) === 0 && bytes.length === 12 + 8 * entries
  return isSparse && entries >= 0 && dimensions >= entries ? dimensions : 0
}

/** In text as it is compared: one that is written with blanks is the same as without. */
const bare = (bytes: Buffer): string => (beginnings.has(bytes[0]) ? bytes.toString('latin1').replace(blanks, '') : '')

/** What stands in brackets, closed or not: what the server quotes of a value may be cut off, or be wrong in one of its numbers. */
const bracketed = /[[{][^[\]{}"]*(?:[\]}](?:\s*\/\s*\d{1,10})?)?/g

/** A number as the types read it, hexadecimal ones included, or its beginning; of a sparse vector with its index. */
const number = /^(?:\d+:)?[+-]?(?:0x[\da-fp.+-]*|[\d.]+(?:e[+-]?\d*)?|nan|inf(?:inity)?)$/i

const numbersIn = (text: string): number =>
  text
    .replace(/\/\d+$/, '')
    .split(/[,[\]{}]/)
    .filter((part) => number.test(part)).length

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
    if (format === 1) {
      const dimensions = binary(bytes)
      return dimensions < fewest ? undefined : this.#print(dimensions, bytes)
    }
    const text = bare(bytes)
    const dimensions = denseText(text) || sparseText(text)
    if (dimensions >= fewest) return this.#print(dimensions, text)
    if (!text.startsWith('{')) return undefined
    const count = text.endsWith('}') ? arrayOf(text.slice(1, -1)) : 0
    if (count > 0) return this.#print(count, `[${text.slice(1, -1)}]`)
    let isFound = false
    const vectors = withoutVectors(text, this.#printed, () => (isFound = true))
    return isFound ? vectors : undefined
  }

  /** A text without the vectors that are written in it. @param found is told how many there are */
  text(text: string, found: (count: number) => void): string {
    return withoutVectors(text, this.#printed, found)
  }

  /** The same of what a server or the gateway says: it quotes values without a literal's quotes, and in part. */
  message(text: string, found: (count: number) => void): string {
    let count = 0
    const without = this.text(text, (literals) => void (count += literals)).replace(bracketed, (whole) => {
      const numbers = whole.replace(blanks, '')
      const dimensions = sparseText(numbers) || numbersIn(numbers)
      if (dimensions < fewest) return whole
      count++
      return this.#print(dimensions, numbers)
    })
    if (count > 0) found(count)
    return without
  }

  /**
   * The beginning of a COPY's data in text or CSV: its fields. In binary it stays as it is.
   * @param shape how the fields are written; without it any list of numbers is taken for a vector
   */
  copied(data: Buffer, shape?: CopyForm): Buffer {
    if (data.subarray(0, 6).toString('latin1') === 'PGCOPY' || !(data.includes('[') || data.includes('{'))) return data
    const without = data.toString('latin1').replace(copiedField(shape), (whole, before: string, value: string) => {
      const numbers = value.replace(/\\[tnrvfb]|\s/g, '').replaceAll('\\', '')
      const dimensions = numbers.startsWith('{') ? sparseText(numbers) : numbers.split(',').length
      return dimensions < fewest ? whole : before + this.#print(dimensions, numbers)
    })
    return Buffer.from(without, 'latin1')
  }

  readonly #printed = (dimensions: number, numbers: string): string => this.#print(dimensions, numbers)

  #print(dimensions: number, bytes: Buffer | string): string {
    const fingerprint = createHmac('sha256', this.#key).update(bytes).digest('hex').slice(0, digits)
    return `[vector ${dimensions} ${fingerprint}]`
  }
}
