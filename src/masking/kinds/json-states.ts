import type { PathStep } from '../values/json-path.js'
import type { Leaf } from './kind.js'

export interface MaskedPath {
  readonly steps: readonly PathStep[]
  readonly leaf: Leaf
}

/** How far a path has come at some value. */
export type State = readonly [path: MaskedPath, at: number]

/**
 * Where paths are at a value. As in SQL's lax mode, a step for keys looks into arrays, and one for elements takes what is
 * no array for an array of one: what a path means is masked, even where the document has another shape.
 */
export const opened = (states: readonly State[], isArray: boolean): State[] => {
  const open: State[] = []
  for (const [path, from] of states)
    for (let at = from; ; at++) {
      open.push([path, at])
      const step = path.steps[at]
      const alone = step?.kind === 'anyIndex' || (step?.kind === 'index' && step.index === 0)
      if (step?.kind !== 'deep' && (isArray || !alone)) break
    }
  return open
}

/** Where paths go on within an object or array that they are at. */
const into = (states: readonly State[], next: (step: PathStep, at: number) => number): State[] => {
  const inner: State[] = []
  for (const [path, at] of states) {
    const step = path.steps[at]
    const found = step ? next(step, at) : -1
    if (found >= 0) inner.push([path, found])
  }
  return inner
}

export const intoKey = (states: readonly State[], name: string): State[] =>
  into(states, (step, at) => {
    if (step.kind === 'deep') return at
    return step.kind === 'anyKey' || (step.kind === 'key' && step.name === name) ? at + 1 : -1
  })

export const intoElement = (states: readonly State[], index: number): State[] =>
  into(states, (step, at) => {
    if (step.kind === 'deep' || step.kind === 'key' || step.kind === 'anyKey') return at
    return step.kind === 'anyIndex' || (step.kind === 'index' && step.index === index) ? at + 1 : -1
  })
