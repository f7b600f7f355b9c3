import { isFields, walk, words, type Fields } from '../../tree.js'
import { isConstant } from '../expressions/constant.js'
import type { Proof } from '../proof.js'

/*
 * A distance is compared with numbers only, and with those that are the same whatever the session's settings are. Beside
 * a moment or a text, TimeZone or extra_float_digits would move what it is compared with, and the question look the same.
 */

const numbers: readonly string[] = ['float4', 'float8', 'numeric', 'int2', 'int4', 'int8', 'bool']

/** Types that a distance may be cast to. */
export const numeric: ReadonlySet<string> = new Set(numbers)

const types: ReadonlySet<string> = new Set([
  ...[...numbers, 'text', 'varchar', 'bpchar', 'vector', 'halfvec', 'sparsevec', 'bit', 'varbit'],
])

/** Operators that make a number or a truth value of numbers. */
export const arithmetic: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', '^', '@', '|/', '||/', '<', '<=', '>', '>=', '=', '<>', '!='],
])

/** Functions of numbers. */
export const ofNumbers: ReadonlySet<string> = new Set([
  ...[
    'abs',
    'round',
    'floor',
    'ceil',
    'ceiling',
    'trunc',
    'sign',
    'sqrt',
    'cbrt',
    'exp',
    'ln',
    'log',
    'log10',
    'power',
  ],
  ...['pow', 'mod', 'div', 'width_bucket', 'degrees', 'radians', 'acos', 'asin', 'atan', 'cos', 'sin', 'tan', 'tanh'],
  ...['float4', 'float8', 'numeric', 'int2', 'int4', 'int8', 'pi'],
])

/** Functions of arrays and vectors that make constants of constants. */
const ofVectors: ReadonlySet<string> = new Set([
  ...[
    'array_fill',
    'array_append',
    'array_prepend',
    'array_cat',
    'string_to_array',
    'lower',
    'upper',
    'btrim',
    'replace',
  ],
  ...['subvector', 'l2_normalize', 'binary_quantize', 'array_to_vector', 'array_to_halfvec', 'array_to_sparsevec'],
])

/** Whether a node that is made of constants is one that no setting changes, as far as the node itself goes. */
export const isSteadyNode = (fields: Fields): boolean => {
  const type = words(isFields(fields['typeName']) ? fields['typeName']['names'] : undefined).at(-1)
  const name = words(fields['funcname']).at(-1)
  return (type === undefined || types.has(type)) && (name === undefined || ofNumbers.has(name) || ofVectors.has(name))
}

/** Whether an expression is a constant that no setting changes: numbers, texts, arrays and vectors. */
export const isSteady = (proof: Proof, tree: unknown): boolean => {
  let steady = isConstant(proof, tree)
  walk(tree, (fields) => (steady &&= isSteadyNode(fields)))
  return steady
}
