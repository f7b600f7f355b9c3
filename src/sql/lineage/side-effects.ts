import type { Routines } from '../catalog/types.js'
import { walk, words } from '../tree.js'
import { Findings } from './findings.js'

/** Volatile, and yet nothing but a value comes of them. */
const harmless: ReadonlySet<string> = new Set([
  ...['random', 'random_normal', 'gen_random_uuid', 'uuidv4', 'uuidv7', 'clock_timestamp', 'timeofday'],
  // Those of pgcrypto take something random beside what they are given.
  ...['gen_salt', 'gen_random_bytes', 'pgp_sym_encrypt', 'pgp_sym_encrypt_bytea'],
  ...['pgp_pub_encrypt', 'pgp_pub_encrypt_bytea'],
])

/** Of these, what anybody's next call gives by how often it was called before: random numbers of a session, which can be seeded. */
const counting: ReadonlySet<string> = new Set(['random', 'random_normal', 'uuidv7'])

/** Whether calls of that name leave something behind that others, or the next call, can notice. */
export const leavesTraces = (routines: Routines, name: string): boolean =>
  routines.volatile.has(name) && (!harmless.has(name) || counting.has(name) || routines.added.has(name))

/** Whether calls of that name may do more than compute: notify, wait, count up, lock, set. */
export const hasSideEffects = (routines: Routines, name: string): boolean =>
  routines.volatile.has(name) && !harmless.has(name)

/** Whether a setting may change while the statement runs, row by row. */
export const changesSettings = (tree: unknown): boolean => {
  let found = false
  walk(tree, (fields) => {
    found ||= fields['funcname'] !== undefined && words(fields['funcname']).at(-1) === 'set_config'
    return !found
  })
  return found
}

/**
 * A call somewhere inside that may do more than compute.
 * @param known what was found in nodes before, where they are asked about one inside of the other
 */
export const sideEffectIn = (routines: Routines, tree: unknown, known = new Findings<string>()): string | undefined =>
  known.find(tree, (fields) => {
    const name = fields['funcname'] === undefined ? undefined : words(fields['funcname']).at(-1)
    return name !== undefined && hasSideEffects(routines, name) ? name : undefined
  })
