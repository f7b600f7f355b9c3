import { spend } from './work.js'

/**
 * The parse tree without its types: libpg-query gives JSON in which a polymorphic node is `{ Type: fields }` and a field
 * of one fixed type holds the fields alone. What has to see every node therefore goes by the fields' names.
 */
export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The fields of a node of that type, whether wrapped or not known to be. */
export const as = (node: unknown, type: string): Fields | undefined => {
  if (!isFields(node)) return undefined
  const fields = node[type]
  return isFields(fields) ? fields : undefined
}

/** The type of a wrapped node and its fields. */
export const unwrap = (node: unknown): readonly [type: string, fields: Fields] | undefined => {
  if (!isFields(node)) return undefined
  for (const type in node) {
    const fields = node[type]
    return isFields(fields) ? [type, fields] : undefined
  }
  return undefined
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

/** The items of a wrapped List, or of a bare array. */
export const items = (value: unknown): readonly unknown[] => list(as(value, 'List')?.['items'] ?? value)

/** The fields of those items that are nodes of that type. */
export const all = (value: unknown, type: string): readonly Fields[] =>
  list(value).flatMap((node) => {
    const fields = as(node, type)
    return fields ? [fields] : []
  })

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The value of an Integer node or an integer constant; the tree leaves zeros out. */
export const integer = (fields: unknown): number | undefined => {
  if (!isFields(fields)) return undefined
  return typeof fields['ival'] === 'number' ? fields['ival'] : 0
}

/** The value of a String node. */
export const word = (node: unknown): string | undefined => {
  const fields = as(node, 'String')
  return fields ? (text(fields['sval']) ?? '') : undefined
}

/** The values of a list of String nodes; other nodes give nothing. */
export const words = (nodes: unknown): readonly string[] =>
  items(nodes).flatMap((node) => {
    const value = word(node)
    return value === undefined ? [] : [value]
  })

/**
 * Calls `visit` with every object of the tree, parents first; where it answers false, the object's inside is skipped.
 * It goes through all keys, so that nothing can hide in a node that nobody has heard of.
 * @throws {TooComplex} where a statement's nodes are gone through over and over
 */
export const walk = (value: unknown, visit: (fields: Fields) => boolean | void): void => {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') walk(item, visit)
    return
  }
  if (!isFields(value)) return
  spend()
  if (visit(value) !== false) {
    for (const key in value) {
      // Nothing is inside a literal, and whoever looks at one makes what it finds out depend on it.
      if (key === 'A_Const') continue
      const inner = value[key]
      if (typeof inner === 'object') walk(inner, visit)
    }
  }
}

/** Whether the object is a subquery that stands where a value does: of a SubLink, or inside of `JSON_ARRAY(SELECT …)`. */
export const isSubquery = (fields: Fields): boolean =>
  fields['subLinkType'] !== undefined || fields['JsonArrayQueryConstructor'] !== undefined

/** Whether the object is a table reference, wrapped or not. */
export const isRangeVar = (fields: Fields): boolean =>
  typeof fields['relname'] === 'string' && typeof fields['relpersistence'] === 'string'
