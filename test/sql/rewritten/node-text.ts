/** What PostgreSQL's nodeToString writes (src/backend/nodes/outfuncs.c), without telling strings from numbers. */
export type Value = string | Node | readonly Value[]

export interface Node {
  readonly type: string
  readonly fields: ReadonlyMap<string, Value>
}

/** Braces and parentheses stand for themselves; a backslash keeps what follows from ending a word. */
const tokens = (text: string): string[] => text.match(/[{}()]|"(?:[^"\\]|\\.)*"|(?:[^\s{}()\\]|\\[^])+/g) ?? []

class Reader {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#tokens = tokens(text)
  }

  #take(): string {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new Error('the text ends inside a node')
    return token
  }

  #node(): Node {
    const type = this.#take()
    const fields = new Map<string, Value>()
    for (let name = this.#take(); name !== '}'; name = this.#take()) {
      if (!name.startsWith(':')) throw new Error(`a field of ${type} is named ${name}`)
      const values: Value[] = []
      // A constant's datum is written as several words.
      while (!/^[:}]/.test(this.#tokens[this.#at] ?? '}')) values.push(this.value())
      fields.set(name.slice(1), values.length === 1 ? values[0]! : values)
    }
    return { type, fields }
  }

  #list(): Value[] {
    const values: Value[] = []
    while (this.#tokens[this.#at] !== ')') values.push(this.value())
    this.#at++
    return values
  }

  value(): Value {
    const token = this.#take()
    if (token === '{') return this.#node()
    if (token === '(') return this.#list()
    if (token === '<>') return []
    return token.startsWith('"') ? token.slice(1, -1) : token.replaceAll(/\\([^])/g, '$1')
  }
}

/** @throws Error where the text is no node's */
export const readNode = (text: string): Value => new Reader(text).value()

const isNode = (value: Value | undefined): value is Node =>
  value !== undefined && typeof value !== 'string' && 'type' in value

export const nodesIn = (value: Value | undefined): readonly Node[] =>
  isNode(value) ? [value] : Array.isArray(value) ? (value as readonly Value[]).filter(isNode) : []

export const nodeAt = (node: Node, field: string): Node | undefined => nodesIn(node.fields.get(field))[0]

export const textAt = (node: Node, field: string): string => {
  const value = node.fields.get(field)
  return typeof value === 'string' ? value : ''
}

export const numberAt = (node: Node, field: string): number => Number(textAt(node, field) || 0)

/** A bitmapset, `(b 8 9)`. */
export const bitsAt = (node: Node, field: string): readonly number[] => {
  const value = node.fields.get(field)
  return Array.isArray(value) ? (value as readonly Value[]).slice(1).map(Number) : []
}

/** All nodes of a type, wherever they stand. */
export const everyNode = (value: Value, type: string): Node[] => {
  if (typeof value === 'string') return []
  if (!isNode(value)) return value.flatMap((each) => everyNode(each, type))
  const inner = [...value.fields.values()].flatMap((each) => everyNode(each, type))
  return value.type === type ? [value, ...inner] : inner
}
