/** Somebody with something to send. */
interface Due {
  endRound(): void
}

/**
 * Gathers who has something to send until every socket that was ready has been read, so that what several chunks of one
 * session gave goes out in one write, and who reads at the other end of several sessions is woken once.
 */
export class Rounds {
  #due: Due[] = []

  add(due: Due): void {
    if (this.#due.push(due) === 1) setImmediate(() => this.end())
  }

  /** All that was ready has been read. */
  end(): void {
    const due = this.#due
    this.#due = []
    for (const each of due) each.endRound()
  }
}

/** Of the whole process: its event loop reads the sockets of all sessions before it comes to what they send. */
export const rounds = new Rounds()
