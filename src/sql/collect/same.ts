import { isDeepStrictEqual } from 'node:util'
import { places } from './contraries.js'
import { columnOf, type Rows } from './row.js'
import { as, isFields, list } from '../tree.js'
import { spend } from '../work.js'

type Literals = (readonly [unknown, unknown])[]

/**
 * Whether two expressions have the same value. What is inside of literals is looked at last, and not at all where anything
 * else differs.
 */
export const same = (one: unknown, other: unknown, rows: Rows): boolean => {
  const literals: Literals = []
  return (
    alike(one, other, literals, rows) &&
    literals.every(([left, right]) => isDeepStrictEqual(valueOf(left), valueOf(right)))
  )
}

const valueOf = (literal: unknown): unknown => (isFields(literal) ? { ...literal, location: 0 } : literal)

/** What is in it where that alone is what it gives: `coalesce(x, x)`, `greatest(x)`. */
const bare = (node: unknown, rows: Rows): unknown => {
  const [first, ...others] = list((as(node, 'CoalesceExpr') ?? as(node, 'MinMaxExpr'))?.['args'])
  return first !== undefined && others.every((each) => same(first, each, rows)) ? bare(first, rows) : node
}

const alike = (left: unknown, right: unknown, literals: Literals, rows: Rows): boolean => {
  spend()
  const [one, other] = [bare(left, rows), bare(right, rows)]
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => alike(item, other[index], literals, rows))
  if (!isFields(one) || !isFields(other)) return one !== undefined && one === other
  // With its table's name in front of it or without.
  const column = columnOf(one, rows)
  if (column !== undefined && column === columnOf(other, rows)) return true
  const keys = Object.keys(one)
  if (keys.length !== Object.keys(other).length) return false
  return keys.every((key) => {
    if (places.has(key)) return true
    if (key === 'A_Const') return literals.push([one[key], other[key]]) > 0
    return alike(one[key], other[key], literals, rows)
  })
}
