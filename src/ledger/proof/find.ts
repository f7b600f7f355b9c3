import { HoopError } from '../../lib/errors.js'
import type { ActName } from '../../lib/api/acts.js'
import { type Leaf, openLeaf } from '../leaves.js'
import { readContents } from '../log/contents.js'

/** Acts by which a request is decided on. */
export const decisions: readonly ActName[] = ['approval.approve', 'approval.deny', 'access.approve', 'access.deny']

/** An act is asked for by its number; sessions and requests have ids. */
export const actNumber = (target: string): number | undefined =>
  /^\d{1,15}$/.test(target) ? Number(target) : undefined

/** @throws {HoopError} NOT_FOUND */
export const notInLedger = (target: string): HoopError =>
  new HoopError('NOT_FOUND', `what the ledger says of ${target}`, {
    hint: 'Name a session that has ended, a request that was decided on, or the number of an act: hoop audit acts --json',
  })

const isAbout = (leaf: Leaf, target: string): boolean => {
  if (leaf.kind === 'session.end') return leaf.session === target
  if (leaf.kind !== 'act') return false
  return leaf.number === actNumber(target) || (leaf.target === target && decisions.includes(leaf.act))
}

/**
 * Looks through a log's contents for the leaf that says how a session ended, what an act was, or how a request was decided;
 * of several votes the last.
 * @param size of the tree that is signed
 * @throws {HoopError} NOT_FOUND; LEDGER_DAMAGED
 */
export const findLeaf = async (folder: string, target: string, size: bigint): Promise<bigint> => {
  let found: bigint | undefined
  for await (const { index, content, ...record } of readContents(folder)) {
    if (index >= size) break
    // Most lines don't name it; those aren't taken apart.
    if (content.includes(target) && isAbout(openLeaf({ ...record, content }), target)) found = index
  }
  if (found === undefined) throw notInLedger(target)
  return found
}
