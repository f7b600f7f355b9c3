import type { Routines } from '../catalog/types.js'
import { walk, words } from '../tree.js'

/** Volatile, and yet nothing but a value comes of them. */
const harmless: ReadonlySet<string> = new Set([
  ...['random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'clock_timestamp', 'timeofday'],
])

/** Whether calls of that name may do more than compute: notify, wait, count up, lock, set. */
export const hasSideEffects = (routines: Routines, name: string): boolean =>
  routines.volatile.has(name) && !harmless.has(name)

/** A call somewhere inside that may do more than compute. */
export const sideEffectIn = (routines: Routines, tree: unknown): string | undefined => {
  let found: string | undefined
  walk(tree, (fields) => {
    const name = fields['funcname'] === undefined ? undefined : words(fields['funcname']).at(-1)
    if (name !== undefined && hasSideEffects(routines, name)) found ??= name
    return found === undefined
  })
  return found
}
