import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml'

export type Path = readonly PropertyKey[]

/** Something wrong with the file: where, and one sentence. */
export interface Problem {
  readonly line: number
  readonly column: number
  readonly what: string
}

/** A YAML file with the positions of its parts. */
export interface SourceDocument {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Position of the value at `path`, or of the nearest part around it that is there. */
  at(path: Path): { line: number; column: number }
  /** Position of the key itself. */
  atKey(path: Path): { line: number; column: number }
}

const offsetOfKey = (document: Document, path: Path): number | undefined => {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const last = path.at(-1)
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined
}

const offsetOfValue = (document: Document, path: Path): number | undefined => {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isNode(node)) return undefined
  // A block map or list starts below its key; the key is what people look for.
  return isScalar(node) || typeof path.at(-1) === 'number' ? node.range?.[0] : offsetOfKey(document, path)
}

const offsetOfDanglingAlias = (document: Document): number => {
  let offset = 0
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return undefined
      offset = alias.range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return offset
}

/** Reads YAML 1.2 with unique keys; never throws. Aliases are expanded within the library's bound. */
export const readDocument = (text: string): SourceDocument => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems: Problem[] = document.errors.map((error) => ({
    ...position(error.pos[0]),
    what:
      error.code === 'DUPLICATE_KEY' ? 'found this key twice, expected it once' : `not valid YAML: ${error.message}`,
  }))
  const nearest = (path: Path, offset: typeof offsetOfValue): number => {
    for (let end = path.length; end > 0; end--) {
      const position = end === path.length ? offset : typeof path[end - 1] === 'number' ? offsetOfValue : offsetOfKey
      const found = position(document, path.slice(0, end))
      if (found !== undefined) return found
    }
    return 0
  }
  const at = (path: Path) => position(nearest(path, offsetOfValue))
  const atKey = (path: Path) => position(nearest(path, offsetOfKey))
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), problems, at, atKey }
  } catch {
    // An alias without an anchor, or a bomb made of aliases.
    problems.push({
      ...position(offsetOfDanglingAlias(document)),
      what: 'not valid YAML: an alias that cannot be expanded',
    })
    return { value: undefined, problems, at, atKey }
  }
}
