import { leafHash, nodeHash, emptyRoot } from '../../../src/ledger/merkle/hash.js'
import type { Subtrees } from '../../../src/ledger/merkle/tree.js'

/** RFC 6962, section 2.1, word by word: what the tree is held against. */
export const naiveRoot = (leaves: readonly Buffer[]): Buffer => {
  if (leaves.length === 0) return emptyRoot
  if (leaves.length === 1) return leaves[0]!
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return nodeHash(naiveRoot(leaves.slice(0, split)), naiveRoot(leaves.slice(split)))
}

export const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, n) => leafHash(Buffer.from(`entry ${n}`)))

export const inMemory = (leaves: readonly Buffer[]): Subtrees => ({
  hash: async (level, index) => {
    const width = 2 ** level
    const part = leaves.slice(Number(index) * width, (Number(index) + 1) * width)
    if (part.length !== width) throw new Error(`no whole subtree ${level}/${index} of ${leaves.length} leaves`)
    return naiveRoot(part)
  },
})
