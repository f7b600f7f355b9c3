/**
 * One at a time, in the order in which they came: between the look at what is on hold and the last file that goes, no hold is
 * placed, and none that was answered comes too late.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
