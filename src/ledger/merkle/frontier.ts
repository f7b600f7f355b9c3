import { emptyRoot, nodeHash } from './hash.js'
import type { Subtrees } from './tree.js'

/** The right edge of a growing tree: all that is needed to add leaves and to know its head, one hash for each bit of its size. */
export class Frontier {
  #size = 0n
  readonly #edge: { readonly level: number; readonly hash: Buffer }[] = []

  /** That of the first `size` leaves of a tree that is there. */
  static async of(subtrees: Subtrees, size: bigint): Promise<Frontier> {
    const frontier = new Frontier()
    for (let level = size.toString(2).length - 1; level >= 0; level--) {
      const below = size >> BigInt(level)
      if ((below & 1n) === 1n) frontier.#edge.push({ level, hash: await subtrees.hash(level, below - 1n) })
    }
    frontier.#size = size
    return frontier
  }

  get size(): bigint {
    return this.#size
  }

  /** @param leaf its hash */
  add(leaf: Buffer): void {
    let node = { level: 0, hash: leaf }
    for (let last = this.#edge.at(-1); last?.level === node.level; last = this.#edge.at(-1)) {
      this.#edge.pop()
      node = { level: node.level + 1, hash: nodeHash(last.hash, node.hash) }
    }
    this.#edge.push(node)
    this.#size++
  }

  get root(): Buffer {
    return (
      this.#edge
        .map(({ hash }) => hash)
        .reduceRight<Buffer | undefined>((right, left) => (right ? nodeHash(left, right) : left), undefined) ??
      emptyRoot
    )
  }
}
