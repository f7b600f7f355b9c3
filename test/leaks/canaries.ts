import { createHash } from 'node:crypto'

/** So many characters of a value in a row are a leak. */
const length = 6

const reversed = (text: string): string => [...text].reverse().join('')

const base64 = (text: string): string[] =>
  ['', 'x', 'xx'].map((before) => {
    const encoded = Buffer.from(before + text).toString('base64')
    // Without what depends on its neighbors.
    return encoded.slice(before.length === 0 ? 0 : 4, -4)
  })

/** A value in PostgreSQL's binary numeric: digits in groups of four, 16 bits each. */
const numeric = (text: string): Buffer => {
  const [whole = '', fraction = ''] = text.split('.')
  const digits =
    whole.padStart(Math.ceil(whole.length / 4) * 4, '0') + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
  const groups = digits.match(/.{4}/g) ?? []
  return Buffer.from(groups.flatMap((group) => [Number(group) >> 8, Number(group) & 0xff]))
}

const filled = (size: number, write: (buffer: Buffer) => void): Buffer => {
  const buffer = Buffer.alloc(size)
  write(buffer)
  return buffer
}

/** How numbers, dates, uuids and addresses look in binary results. */
const binaries = (value: string): Buffer[] => {
  if (/^\d{4}-\d\d-\d\d$/.test(value)) {
    const days = (Date.parse(value) - Date.UTC(2000, 0, 1)) / 86_400_000
    return [filled(4, (b) => b.writeInt32BE(days)), filled(8, (b) => b.writeBigInt64BE(BigInt(days) * 86_400_000_000n))]
  }
  if (/^[0-9a-f-]{36}$/.test(value)) return [Buffer.from(value.replaceAll('-', ''), 'hex').subarray(0, 8)]
  if (/^\d+\.\d+\.\d+\.\d+$/.test(value)) return [Buffer.from(value.split('.').map(Number))]
  if (!/^\d{4,}(\.\d+)?$|^0\.\d{6,}$/.test(value)) return []
  const number = Number(value)
  return [
    numeric(value),
    filled(8, (b) => b.writeDoubleBE(number)),
    filled(4, (b) => b.writeFloatBE(number)),
    ...(/^\d+$/.test(value) ? [filled(8, (b) => b.writeBigInt64BE(BigInt(value)))] : []),
    ...(/^\d+$/.test(value) && number < 2 ** 31 ? [filled(4, (b) => b.writeInt32BE(number))] : []),
  ]
}

/** A value's pieces that would each tell of it: those of an array, a document or a composite. */
const pieces = (value: string): string[] =>
  /^[{("]/.test(value) ? (value.match(/[A-Za-z0-9][A-Za-z0-9 -]{5,}/g) ?? []) : [value]

/** Finds values, and what can be made of them by the usual functions, in bytes that a client got. */
export class Canaries {
  /** By length of the pieces: how many characters in a row are looked for. */
  readonly #grams = new Map<number, Set<string>>([
    [length, new Set()],
    [length * 2, new Set()],
    [8, new Set()],
  ])
  readonly #bytes: string[] = []
  readonly #without = new Set<string>()

  /**
   * @param values as PostgreSQL prints them
   * @param shown text that may come out: pieces found in there are no leak
   */
  constructor(values: readonly string[], shown = '') {
    for (const value of values.flatMap(pieces)) {
      const texts = [value, reversed(value)]
      for (const text of texts) this.#add(length, text, shown)
      if (value.length < length) continue
      for (const text of texts) this.#add(length * 2, Buffer.from(text).toString('hex'), shown)
      for (const text of base64(value)) this.#add(8, text, shown)
      for (const hash of ['md5', 'sha1', 'sha256'])
        this.#add(length * 2, createHash(hash).update(value).digest('hex'), shown)
      for (const bytes of binaries(value)) this.#bytes.push(bytes.toString('latin1'))
    }
  }

  #add(size: number, text: string, shown: string): void {
    const lower = text.toLowerCase()
    // Of a date, only pieces with its year: others are in today's date, too.
    const last = /^\d{4}-\d\d-\d\d$/.test(text) ? 2 : lower.length - size
    for (let at = 0; at <= last; at++) {
      const piece = lower.slice(at, at + size)
      if (piece.length === size && !shown.toLowerCase().includes(piece)) this.#grams.get(size)!.add(piece)
    }
  }

  /** @returns the first piece of a value in the bytes, which are given as latin1 */
  find(raw: string): string | undefined {
    // Most answers come again and again.
    if (raw.length < 4 || this.#without.has(raw)) return undefined
    const found = this.#look(raw)
    if (found === undefined) this.#without.add(raw)
    return found
  }

  #look(raw: string): string | undefined {
    const binary = this.#bytes.find((each) => raw.includes(each))
    if (binary !== undefined) return `0x${Buffer.from(binary, 'latin1').toString('hex')}`
    const lower = raw.toLowerCase()
    for (const [size, pieces] of this.#grams) {
      for (let at = 0; at + size <= lower.length; at++) {
        const piece = lower.slice(at, at + size)
        if (pieces.has(piece)) return piece
      }
    }
    return undefined
  }
}
