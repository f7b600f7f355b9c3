import { as, integer, isFields, list, unwrap, words } from '../../tree.js'

const literal = (node: unknown): number | undefined => {
  const constant = as(node, 'A_Const')
  if (!constant || constant['sval'] !== undefined || constant['isnull'] === true) return undefined
  const { ival, fval } = constant
  const value = ival !== undefined ? integer(ival) : isFields(fval) ? Number(fval['fval']) : undefined
  return value !== undefined && Math.abs(value) <= 100 ? value : undefined
}

/** Neither so small nor so great that a few of them would bring a float to where it is rounded. */
const isFactor = (value: number | undefined): boolean => value !== undefined && Math.abs(value) >= 0.01

const floats: ReadonlySet<string> = new Set(['float8', 'numeric'])

/**
 * `1 - d`, `d * 100`, `(2 - d) / 2`, `d + 0`: rows come in the same order, or the other way round. With greater or smaller
 * numbers a float would be rounded, and where it is rounded to shows what it was; `1 / (d - 0.5)` turns the order at 0.5.
 */
export const keepsOrder = (node: unknown): boolean => {
  const [type, fields] = unwrap(node) ?? []
  if (type === 'TypeCast' && isFields(fields?.['typeName'])) {
    const name = fields['typeName']
    return floats.has(words(name['names']).at(-1) ?? '') && list(name['typmods']).length === 0
  }
  // Of several rows the nearest or farthest is in the order of all of them.
  if (type === 'FuncCall')
    return ['min', 'max'].includes(words(fields?.['funcname']).at(-1) ?? '') && fields?.['over'] === undefined
  if (type !== 'A_Expr' || fields?.['kind'] !== 'AEXPR_OP') return false
  const { lexpr, rexpr } = fields
  const operator = words(fields['name']).at(-1)
  if (lexpr === undefined) return operator === '-' || operator === '+'
  const [left, right] = [literal(lexpr), literal(rexpr)]
  if (operator === '+' || operator === '-') return left !== undefined || right !== undefined
  if (operator === '*') return isFactor(left) || isFactor(right)
  return operator === '/' && isFactor(right)
}
