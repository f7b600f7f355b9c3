import { emptyRoot, nodeHash } from './hash.js'

/** Where the hashes of whole subtrees come from: that of the leaves from `index * 2**level` to before `(index + 1) * 2**level`. */
export interface Subtrees {
  hash(level: number, index: bigint): Promise<Buffer>
}

const bits = (n: bigint): number => n.toString(2).length

/** The largest power of two that is smaller than `n`, which is 2 or more. */
const splitOf = (n: bigint): bigint => 1n << BigInt(bits(n - 1n) - 1)

/** Head of the leaves from `start` to before `end`; `start` is a multiple of the next power of two. */
const rangeHash = async (subtrees: Subtrees, start: bigint, end: bigint): Promise<Buffer> => {
  const count = end - start
  if ((count & (count - 1n)) === 0n) return subtrees.hash(bits(count) - 1, start / count)
  const middle = start + splitOf(count)
  return nodeHash(await rangeHash(subtrees, start, middle), await rangeHash(subtrees, middle, end))
}

/** Head of the tree of the first `size` leaves. @see RFC 6962, section 2.1 */
export const rootOf = async (subtrees: Subtrees, size: bigint): Promise<Buffer> =>
  size === 0n ? emptyRoot : rangeHash(subtrees, 0n, size)

/**
 * What leads from a leaf to the head of the tree, the leaf's neighbor first.
 * @see RFC 6962, section 2.1.1
 * @throws {RangeError} where the tree has no such leaf
 */
export const inclusionProof = async (subtrees: Subtrees, index: bigint, size: bigint): Promise<Buffer[]> => {
  if (index < 0n || index >= size) throw new RangeError(`leaf ${index} of ${size}`)
  const path: Buffer[] = []
  for (let [start, end] = [0n, size]; end - start > 1n;) {
    const middle = start + splitOf(end - start)
    const isLeft = index < middle
    path.push(await (isLeft ? rangeHash(subtrees, middle, end) : rangeHash(subtrees, start, middle)))
    if (isLeft) end = middle
    else start = middle
  }
  return path.reverse()
}

/**
 * What shows that the tree of `size` leaves begins with that of the first `first`.
 * @see RFC 6962, section 2.1.2; as with RFC 9162 it is empty from an empty tree and for a tree and itself
 * @throws {RangeError} where the former isn't the smaller one
 */
export const consistencyProof = async (subtrees: Subtrees, first: bigint, size: bigint): Promise<Buffer[]> => {
  if (first < 0n || first > size) throw new RangeError(`a tree of ${first} in one of ${size}`)
  const path: Buffer[] = []
  if (first === 0n || first === size) return path
  let [start, end] = [0n, size]
  // Whether the subtree that is left is one whose head the asker has.
  let known = true
  while (first !== end) {
    const middle = start + splitOf(end - start)
    const isLeft = first <= middle
    path.push(await (isLeft ? rangeHash(subtrees, middle, end) : rangeHash(subtrees, start, middle)))
    if (isLeft) end = middle
    else {
      start = middle
      known = false
    }
  }
  if (!known) path.push(await rangeHash(subtrees, start, end))
  return path.reverse()
}
