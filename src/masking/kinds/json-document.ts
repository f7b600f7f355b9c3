import type { PathStep } from '../values/json-path.js'
import type { Leaf } from './json-leaf.js'

export interface MaskedPath {
  readonly steps: readonly PathStep[]
  readonly leaf: Leaf
}

/** How far a path has come at some value. */
type State = readonly [path: MaskedPath, at: number]

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

/**
 * Where paths are at a value. As in SQL's lax mode, a step for keys looks into arrays, and one for elements takes what is
 * no array for an array of one: what a path means is masked, even where the document has another shape.
 */
const opened = (states: readonly State[], isArray: boolean): State[] => {
  const open: State[] = []
  const add = ([path, at]: State): void => {
    open.push([path, at])
    const step = path.steps[at]
    if (step?.kind === 'deep') add([path, at + 1])
    if (!isArray && (step?.kind === 'anyIndex' || (step?.kind === 'index' && step.index === 0))) add([path, at + 1])
  }
  for (const state of states) add(state)
  return open
}

const intoKey = (states: readonly State[], name: string): State[] =>
  states.flatMap(([path, at]): State[] => {
    const step = path.steps[at]
    if (step?.kind === 'deep') return [[path, at]]
    return step?.kind === 'anyKey' || (step?.kind === 'key' && step.name === name) ? [[path, at + 1]] : []
  })

const intoElement = (states: readonly State[], index: number): State[] =>
  states.flatMap(([path, at]): State[] => {
    const step = path.steps[at]
    if (step?.kind === 'deep' || step?.kind === 'key' || step?.kind === 'anyKey') return [[path, at]]
    return step?.kind === 'anyIndex' || (step?.kind === 'index' && step.index === index) ? [[path, at + 1]] : []
  })

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
      this.#members(depth, () => this.#value([], depth + 1))
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
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string
    } catch {
      throw new NotJson()
    }
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
