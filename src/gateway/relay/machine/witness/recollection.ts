/** Times in a row that the snapshot has to be the same before it is worth asking for, at first and at most. */
const [FEWEST, MOST] = [4, 256]

/**
 * What the witness of one session has confirmed, and in which snapshot of the server's. While nobody commits anything, what
 * was confirmed once needs no second look: then the witness is asked for the snapshot first, which costs next to nothing.
 * Where snapshots change all the time it would cost more than it saves, and isn't asked.
 */
export class Recollection {
  #snapshot: string | undefined
  /** Parameters of what was confirmed in it. */
  #confirmed = new WeakSet<readonly Buffer[]>()
  /** How often in a row it was the same. */
  #same = 0
  #patience = FEWEST

  /** The snapshot in which this was confirmed, where the server's is likely to be that one still. */
  of(parameters: readonly Buffer[]): string | undefined {
    return this.#same >= this.#patience && this.#confirmed.has(parameters) ? this.#snapshot : undefined
  }

  /**
   * The server has confirmed something.
   * @param snapshot undefined where its snapshot doesn't stand for all that was looked at
   * @param asked the snapshot that it was asked for
   */
  confirmed(parameters: readonly Buffer[], snapshot: string | undefined, asked: string | undefined): void {
    if (asked !== undefined && asked !== snapshot) this.#patience = Math.min(2 * this.#patience, MOST)
    if (snapshot === undefined || snapshot !== this.#snapshot) {
      this.#snapshot = snapshot
      this.#confirmed = new WeakSet()
      this.#same = 0
    } else if (++this.#same > MOST * this.#patience) {
      this.#patience = Math.max(this.#patience / 2, FEWEST)
      this.#same = this.#patience
    }
    if (snapshot !== undefined) this.#confirmed.add(parameters)
  }

  /** The session is about to write something: until that is over, its snapshot tells of nothing. */
  forget(): void {
    this.#snapshot = undefined
    this.#same = 0
  }
}
