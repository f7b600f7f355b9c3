import type { Leaf } from './kind.js'
import { intoElement, intoKey, opened, type MaskedPath, type State } from './json-states.js'

/** Deeper ones are redacted whole. */
const MAX_DEPTH = 200

export class NotJson extends Error {}

const [OBJECT, OBJECT_END, ARRAY, ARRAY_END, QUOTE, BACKSLASH, COLON, COMMA] = [...Buffer.from('{}[]"\\:,')] as [
  ...[number, number, number, number, number, number, number, number],
]
const MINUS = 0x2d

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
const isLetter = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a
/** `-1.5e+3` */
const inNumber = (byte: number): boolean => isDigit(byte) || [MINUS, 0x2b, 0x2e, 0x45, 0x65].includes(byte)

/** Walks through one document and copies all of it but for what the paths name: numbers keep every digit. */
export class JsonDocument {
  readonly #bytes: Buffer
  readonly #pieces: Buffer[] = []
  #at: number
  #copied = 0

  /** @param start where the text begins: behind jsonb's version */
  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes
    this.#at = start
  }

  /** @throws {NotJson} where it isn't, or is too deep */
  masked(paths: readonly MaskedPath[]): Buffer {
    this.#value(
      paths.map((path) => [path, 0]),
      0,
    )
    this.#blanks()
    if (this.#at !== this.#bytes.length) throw new NotJson()
    if (this.#copied === 0) return this.#bytes
    return Buffer.concat([...this.#pieces, this.#bytes.subarray(this.#copied)])
  }

  #value(states: readonly State[], depth: number): void {
    this.#blanks()
    if (states.length === 0) return this.#skip(depth)
    const byte = this.#bytes[this.#at]
    const open = opened(states, byte === ARRAY)
    const hit = open.find(([{ steps }, at]) => at === steps.length)
    if (hit) {
      const start = this.#at
      const instead = Buffer.from(this.#replaced(hit[0].leaf, depth))
      this.#pieces.push(this.#bytes.subarray(this.#copied, start), instead)
      this.#copied = this.#at
    } else if (byte === OBJECT) this.#members(depth, (name) => this.#value(intoKey(open, name), depth + 1))
    else if (byte === ARRAY) this.#elements(depth, (index) => this.#value(intoElement(open, index), depth + 1))
    else this.#scalar()
  }

  #members(depth: number, member: (name: string) => void): void {
    this.#list(OBJECT_END, depth, () => {
      const name = this.#string()
      this.#expect(COLON)
      member(name)
    })
  }

  #elements(depth: number, element: (index: number) => void): void {
    this.#list(ARRAY_END, depth, element)
  }

  #list(end: number, depth: number, item: (index: number) => void): void {
    if (depth >= MAX_DEPTH) throw new NotJson()
    this.#at++
    this.#blanks()
    if (this.#bytes[this.#at] === end) {
      this.#at++
      return
    }
    for (let index = 0; ; index++) {
      this.#blanks()
      item(index)
      this.#blanks()
      if (this.#bytes[this.#at] === end) break
      this.#expect(COMMA)
    }
    this.#at++
  }

  /** Reads the value that is here. @returns the JSON that stands for it */
  #replaced(leaf: Leaf, depth: number): string {
    this.#blanks()
    const byte = this.#bytes[this.#at]
    if (byte === OBJECT) {
      this.#skip(depth)
      return leaf.object
    }
    if (byte === ARRAY) {
      const elements: string[] = []
      this.#elements(depth, () => elements.push(this.#replaced(leaf, depth + 1)))
      return leaf.array ?? `[${elements.join(',')}]`
    }
    if (byte === QUOTE) return JSON.stringify(leaf.text(this.#string()))
    const word = this.#scalar()
    if (word === 'null') return word
    return word === 'true' || word === 'false' ? leaf.boolean : leaf.number(word)
  }

  /** A text, number or word. @returns it as it is written */
  #scalar(): string {
    const start = this.#at
    const byte = this.#bytes[start] ?? 0
    if (byte === QUOTE) this.#skipString()
    else {
      const belongs = isDigit(byte) || byte === MINUS ? inNumber : isLetter
      while (this.#at < this.#bytes.length && belongs(this.#bytes[this.#at]!)) this.#at++
      if (this.#at === start) throw new NotJson()
    }
    return byte === QUOTE ? '' : this.#bytes.toString('latin1', start, this.#at)
  }

  #string(): string {
    const start = this.#at
    this.#skipString()
    const end = this.#at - 1
    const escape = this.#bytes.indexOf(BACKSLASH, start)
    if (escape < 0 || escape > end) return this.#bytes.toString('utf8', start + 1, end)
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string
    } catch {
      throw new NotJson()
    }
  }

  /** Goes past a value that no path leads into. */
  #skip(depth: number): void {
    let open = 0
    do {
      this.#blanks()
      const byte = this.#bytes[this.#at]
      if (byte === OBJECT || byte === ARRAY) {
        if (depth + ++open > MAX_DEPTH) throw new NotJson()
        this.#at++
      } else if (byte === OBJECT_END || byte === ARRAY_END) {
        open--
        this.#at++
      } else if (open > 0 && (byte === COMMA || byte === COLON)) this.#at++
      else this.#scalar()
    } while (open > 0)
    if (open < 0) throw new NotJson()
  }

  #skipString(): void {
    if (this.#bytes[this.#at] !== QUOTE) throw new NotJson()
    for (this.#at++; this.#at < this.#bytes.length; this.#at++) {
      if (this.#bytes[this.#at] === BACKSLASH) this.#at++
      else if (this.#bytes[this.#at] === QUOTE) {
        this.#at++
        return
      }
    }
    throw new NotJson()
  }

  #expect(byte: number): void {
    this.#blanks()
    if (this.#bytes[this.#at++] !== byte) throw new NotJson()
  }

  #blanks(): void {
    while (isBlank(this.#bytes[this.#at])) this.#at++
  }
}
