import { hash } from 'node:crypto'
import type { Given } from '../../facts.js'
import { as, integer, isFields, items, list, text, words, type Fields } from '../../tree.js'
import { spend } from '../../work.js'

/** Where a node stands in the text says nothing of what it is. */
const positions: ReadonlySet<string> = new Set([
  ...['location', 'list_start', 'list_end', 'rexpr_list_start', 'rexpr_list_end'],
])

/** A literal as it was written, without its quotation marks. */
const literal = ({ ival, fval, sval, bsval, boolval }: Fields): string => {
  if (ival !== undefined) return String(integer(ival) ?? 0)
  if (isFields(fval)) return text(fval['fval']) ?? ''
  if (isFields(sval)) return text(sval['sval']) ?? ''
  if (isFields(bsval)) return text(bsval['bsval']) ?? ''
  return isFields(boolval) ? String(boolval['boolval'] === true) : 'NULL'
}

const leaf = (node: unknown): Given | undefined => {
  const constant = as(node, 'A_Const')
  if (constant) return { text: literal(constant) }
  const parameter = as(node, 'ParamRef')
  return parameter && { parameter: Number(parameter['number'] ?? 0) }
}

/** The tree with its literals and parameters taken out, which are put aside in their order. */
const outline = (node: unknown, leaves: Given[]): unknown => {
  if (Array.isArray(node)) return node.map((each) => outline(each, leaves))
  if (!isFields(node)) return node
  spend()
  const found = leaf(node)
  if (found) return leaves.push(found) > 0
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, inner]) => (positions.has(key) ? [] : [[key, outline(inner, leaves)]])),
  )
}

/** An expression by what it computes, and from which constants: two that differ in either are different. */
export const computed = (node: unknown): Extract<Given, { shape: string }> => {
  const of: Given[] = []
  const tree = JSON.stringify(outline(node, of))
  return { shape: hash('sha256', tree, 'base64').slice(0, 22), of }
}

/** A constant. A cast may cut it, so what was cast is another one than what was not. */
export const given = (node: unknown): Given => leaf(node) ?? computed(node)

/** The same of a vector: casts between its types change nothing but how finely it is written. */
export const givenVector = (node: unknown, types: ReadonlySet<string>): Given => {
  const cast = as(node, 'TypeCast')
  const type = cast && isFields(cast['typeName']) ? words(cast['typeName']['names']).at(-1) : undefined
  const same = type !== undefined && type !== 'bit' && types.has(type) && !isArray(cast)
  return same ? givenVector(cast?.['arg'], types) : given(node)
}

const isArray = (cast: Fields | undefined): boolean =>
  isFields(cast?.['typeName']) && list(cast['typeName']['arrayBounds']).length > 0

/** The members of an array that is a constant; of a literal or a parameter they are counted when its value is known. */
export const members = (node: unknown): readonly Given[] => {
  const cast = as(node, 'TypeCast')
  if (cast && isArray(cast)) return members(cast['arg'])
  const elements = as(node, 'A_ArrayExpr')?.['elements']
  if (elements !== undefined)
    return items(elements).flatMap((each) => (as(each, 'A_ArrayExpr') ? members(each) : [given(each)]))
  const one = leaf(node)
  if (one === undefined || typeof one !== 'object') return [{ list: 'unknown' }]
  return 'text' in one || 'parameter' in one ? [{ list: one }] : [{ list: 'unknown' }]
}
