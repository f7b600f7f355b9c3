/** How many things a thread may know. What nobody asked by for longest is forgotten first. */
const MOST = 32

/** What a thread was sent, by number. It holds nothing that nobody else holds. */
export class Sent<Thing extends object> {
  readonly #numbers = new WeakMap<Thing, number>()
  readonly #things = new Map<number, WeakRef<Thing>>()
  readonly #stale = new Set<number>()
  #last = 0

  /** Its number, where the thread has it. */
  of(thing: Thing): number | undefined {
    const number = this.#numbers.get(thing)
    if (number === undefined || !this.#things.delete(number)) return undefined
    this.#things.set(number, new WeakRef(thing))
    return number
  }

  /** The number by which it is sent now. */
  add(thing: Thing): number {
    const number = ++this.#last
    const former = this.#numbers.get(thing)
    if (former !== undefined) this.#stale.add(former)
    this.#numbers.set(thing, number)
    this.#things.set(number, new WeakRef(thing))
    return number
  }

  /** The thread could not take it. */
  forget(thing: Thing): void {
    const number = this.#numbers.get(thing)
    this.#numbers.delete(thing)
    if (number !== undefined) this.#things.delete(number)
  }

  /** What the thread is to forget: numbers of what is gone here, or of too many. */
  sweep(): readonly number[] {
    const gone = [...this.#things].flatMap(([number, thing], at) =>
      thing.deref() === undefined || this.#stale.has(number) || at < this.#things.size - MOST ? [number] : [],
    )
    for (const number of gone) this.#things.delete(number)
    this.#stale.clear()
    return gone
  }
}
