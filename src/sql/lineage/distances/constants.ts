import type { Given } from '../../facts.js'
import { as, isFields, list, words, type Fields } from '../../tree.js'
import { isConstant } from '../expressions/constant.js'
import { vectors } from '../expressions/plain.js'
import type { Proof } from '../proof.js'
import { computed, givenVector, members } from './given.js'
import { textSearch } from './functions.js'
import { isSteady } from './steady.js'

/** `unnest(array)`: its members, where it is a constant. */
export const givenByCall = (proof: Proof, call: Fields): readonly Given[] | undefined => {
  if (proof.author !== 'client') return undefined
  const name = words(call['funcname']).at(-1) ?? ''
  const given = list(call['args'])
  if (proof.catalog.routines.added.has(name)) return undefined
  if (name === 'unnest' && given.length === 1) return isSteady(proof, given[0]) ? members(given[0]) : undefined
  return textSearch.has(name) && given.every((each) => isConstant(proof, each))
    ? [computed({ FuncCall: call })]
    : undefined
}

/** `unnest($1::vector[])`: one column, where of other arrays there may be several. */
export const unnestsVectors = (proof: Proof, call: Fields): boolean => {
  const [array, another] = list(call['args'])
  const type = as(array, 'TypeCast')?.['typeName']
  if (words(call['funcname']).at(-1) !== 'unnest' || another !== undefined || !isFields(type)) return false
  const known = !proof.catalog.routines.added.has('unnest') && list(type['arrayBounds']).length > 0
  return known && vectors.has(words(type['names']).at(-1) ?? '')
}

/** All that an output column may be, where the client gave it. */
export const givenBy = (proof: Proof, node: unknown): readonly Given[] | undefined => {
  if (proof.author !== 'client') return undefined
  if (isSteady(proof, node)) return [givenVector(node, vectors)]
  const called = as(node, 'FuncCall')
  return called && givenByCall(proof, called)
}
