import type { Leaf } from '../../ledger/leaves.js'

/** What a place in the ledger says of seals. */
export interface SealedState {
  readonly isSealed: boolean
  readonly formerKeys: readonly string[]
}

/** Since when the store's rows are sealed, and by which keys, as the ledger's own leaves have it. */
export class SealedBy {
  #isSealed = false
  /** Verifier keys that were replaced since the last start. */
  readonly #former = new Set<string>()

  /** A gateway that seals has started: what has no seal by now is not of its making. */
  get isSealed(): boolean {
    return this.#isSealed
  }

  /** What these have sealed may not be entered yet. */
  get formerKeys(): readonly string[] {
    return [...this.#former]
  }

  add(leaf: Leaf): void {
    if (leaf.kind === 'key') this.#former.add(leaf.former)
    if (leaf.kind !== 'gateway' || leaf.what !== 'started') return
    // Before it comes all that there was to enter.
    this.#former.clear()
    if (leaf.sealed) this.#isSealed = true
  }

  /** How things stood at a place, where the leaves before it aren't read. An earlier version has not kept it. */
  resume({ isSealed = false, formerKeys = [] }: Partial<SealedState>): void {
    this.#isSealed = isSealed
    for (const vkey of formerKeys) this.#former.add(vkey)
  }
}
