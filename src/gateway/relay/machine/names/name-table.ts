import { nameKey } from '../../../../wire/frontend.js'

interface Item {
  readonly name: string
  readonly pipeline: number
  state: 'requested' | 'confirmed' | 'ended'
}

interface Slot<T> {
  confirmed: T | undefined
  /** Asked for, oldest first. */
  readonly requested: T[]
}

/** Names of one sort: what each means on the server, and what it was asked to mean since. */
export class NameTable<T extends Item> {
  readonly #slots = new Map<string, Slot<T>>()
  readonly #ended: (item: T) => void

  /** @param ended called once for each item that goes */
  constructor(ended: (item: T) => void) {
    this.#ended = ended
  }

  confirmed(key: string): T | undefined {
    return this.#slots.get(key)?.confirmed
  }

  /**
   * All that a name may mean to a message that is sent now. What was asked for in the same pipeline is certain: should it
   * fail, the server ignores the message.
   * @param key see `nameKey`
   */
  candidates(key: string, pipeline: number): readonly T[] {
    const slot = this.#slots.get(key)
    if (!slot) return []
    const { confirmed, requested } = slot
    const last = requested.at(-1)
    if (!last) return confirmed ? [confirmed] : []
    if (last.pipeline === pipeline) return [last]
    return confirmed ? [confirmed, ...requested] : requested
  }

  *all(): Generator<T> {
    for (const { confirmed, requested } of this.#slots.values()) {
      if (confirmed) yield confirmed
      yield* requested
    }
  }

  request(item: T): void {
    this.#slot(item).requested.push(item)
  }

  /** Something that the server has already. */
  enter(item: T): void {
    this.#slot(item).confirmed = item
  }

  confirm(item: T): void {
    if (item.state !== 'requested') return
    const slot = this.#slot(item)
    this.#unrequest(slot, item)
    if (slot.confirmed) this.#go(slot.confirmed)
    slot.confirmed = item
    item.state = 'confirmed'
  }

  fail(item: T): void {
    if (item.state !== 'requested') return
    const key = nameKey(item.name)
    const slot = this.#slots.get(key)
    if (slot) this.#unrequest(slot, item)
    this.#go(item)
    this.#drop(key, slot)
  }

  /** What the name means on the server has ended. */
  end(key: string): void {
    const slot = this.#slots.get(key)
    if (!slot?.confirmed) return
    this.#go(slot.confirmed)
    slot.confirmed = undefined
    this.#drop(key, slot)
  }

  endWhere(test: (item: T) => boolean): void {
    for (const [key, { confirmed }] of this.#slots) if (confirmed && test(confirmed)) this.end(key)
  }

  #slot({ name }: T): Slot<T> {
    const key = nameKey(name)
    let slot = this.#slots.get(key)
    if (!slot) this.#slots.set(key, (slot = { confirmed: undefined, requested: [] }))
    return slot
  }

  #unrequest({ requested }: Slot<T>, item: T): void {
    // The server answers in order: it is the first, nearly always.
    const at = requested[0] === item ? 0 : requested.indexOf(item)
    if (at === 0) requested.shift()
    else if (at > 0) requested.splice(at, 1)
  }

  #go(item: T): void {
    item.state = 'ended'
    this.#ended(item)
  }

  #drop(key: string, slot: Slot<T> | undefined): void {
    if (slot && !slot.confirmed && slot.requested.length === 0) this.#slots.delete(key)
  }
}
