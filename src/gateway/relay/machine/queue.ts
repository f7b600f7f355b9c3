const SHRINK = 1024

/** A first-in-first-out queue whose ends cost the same however long it is. */
export class Queue<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  peek(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#items[this.#head++] = undefined
    if (this.#head === this.#items.length) {
      this.#items.length = this.#head = 0
    } else if (this.#head > SHRINK && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  some(test: (item: T) => boolean): boolean {
    for (const item of this) if (test(item)) return true
    return false
  }

  /**
   * Takes out what stands behind the head for as long as `take` says so; `take` sees each one once.
   * @returns how many were taken out
   */
  removeBehindHead(take: (item: T) => boolean): number {
    const from = this.#head + 1
    let to = from
    while (to < this.#items.length && take(this.#items[to]!)) to++
    this.#items.splice(from, to - from)
    return to - from
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i]!
  }
}
