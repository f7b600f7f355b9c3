import { emptyRoot, nodeHash } from './hash.js'

/** A tree as somebody vouches for it. */
export interface TreeHead {
  readonly size: bigint
  readonly root: Buffer
}

const isEven = (n: bigint): boolean => (n & 1n) === 0n

/**
 * Whether a leaf stands in a tree.
 * @see RFC 9162, section 2.1.3.2
 */
export const isIncluded = (
  leaf: Buffer,
  index: bigint,
  proof: readonly Buffer[],
  { size, root }: TreeHead,
): boolean => {
  if (index < 0n || index >= size) return false
  let [node, last] = [index, size - 1n]
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0n) return false
    if (!isEven(node) || node === last) {
      hash = nodeHash(sibling, hash)
      while (isEven(node) && node !== 0n) [node, last] = [node >> 1n, last >> 1n]
    } else hash = nodeHash(hash, sibling)
    ;[node, last] = [node >> 1n, last >> 1n]
  }
  return last === 0n && hash.equals(root)
}

/**
 * Whether a tree begins with another: nothing of the former was changed or removed.
 * @see RFC 9162, section 2.1.4.2
 */
export const isConsistent = (former: TreeHead, proof: readonly Buffer[], latter: TreeHead): boolean => {
  if (former.size < 0n || former.size > latter.size) return false
  if (former.size === latter.size) return proof.length === 0 && former.root.equals(latter.root)
  if (former.size === 0n) return proof.length === 0 && former.root.equals(emptyRoot)
  const isWhole = (former.size & (former.size - 1n)) === 0n
  const [first, ...rest] = isWhole ? [former.root, ...proof] : proof
  if (!first) return false
  let [node, last] = [former.size - 1n, latter.size - 1n]
  while (!isEven(node)) [node, last] = [node >> 1n, last >> 1n]
  let [before, after] = [first, first]
  for (const hash of rest) {
    if (last === 0n) return false
    if (!isEven(node) || node === last) {
      before = nodeHash(hash, before)
      after = nodeHash(hash, after)
      while (isEven(node) && node !== 0n) [node, last] = [node >> 1n, last >> 1n]
    } else after = nodeHash(after, hash)
    ;[node, last] = [node >> 1n, last >> 1n]
  }
  return last === 0n && before.equals(former.root) && after.equals(latter.root)
}
