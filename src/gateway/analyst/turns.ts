/** What waits for its turn. */
export interface Waiting {
  /** The account that it counts against. */
  readonly person: string
  readonly text: string
}

export interface Room {
  /** Texts that may wait. */
  readonly waiting: number
  /** Characters that may wait. */
  readonly bytes: number
}

/** The part of all the room that one person may take. */
const SHARE = 4

/** How much more than `bytes` may wait in all: whose own share is empty is not to feel what a few others have. */
const ALL = 2

/** What of somebody waits. */
interface Own<Job> {
  readonly jobs: Job[]
  characters: number
}

/** Why there is no room: for one more of that person, or for anybody who has as much as they. */
export type NoRoom = { readonly of: 'person' | 'all'; readonly what: 'texts' | 'characters'; readonly most: number }

/** Whom it was refused instead, to make room, and why. */
export interface Displaced<Job> {
  readonly job: Job
  readonly why: NoRoom
}

/**
 * What waits, by person: turns go round between them, so that nobody waits for more than one text of each. Everybody has a
 * share of the room, in which one text always fits; where all of it is taken, whoever has most gives way.
 */
export class Turns<Job extends Waiting> {
  readonly #room: Room
  /** In the order of their turns. */
  readonly #people = new Map<string, Own<Job>>()
  #count = 0
  #characters = 0

  constructor(room: Room) {
    this.#room = room
  }

  get count(): number {
    return this.#count
  }

  /** @returns why it can't wait, or whose text had to give way for it, where one had */
  add(job: Job): NoRoom | readonly Displaced<Job>[] {
    const full = this.#fullShare(job)
    if (full) return full
    this.#put(job)
    const displaced: Displaced<Job>[] = []
    for (let why = this.#overfull(); why; why = this.#overfull()) {
      const last = this.#most(why.what, job.person).jobs.at(-1)!
      this.remove(last)
      displaced.push({ job: last, why })
      // Nobody gives way for what doesn't fit all the same: only the newcomer is refused then.
      if (last !== job) continue
      for (const each of displaced) if (each.job !== job) this.#put(each.job)
      return why
    }
    return displaced
  }

  /** Whose turn it is. They come behind everybody else then. */
  next(): Job | undefined {
    const [first] = this.#people
    if (!first) return undefined
    const [person, own] = first
    const job = own.jobs[0]!
    this.remove(job)
    if (this.#people.delete(person)) this.#people.set(person, own)
    return job
  }

  remove(job: Job): void {
    const own = this.#people.get(job.person)
    const at = own?.jobs.indexOf(job) ?? -1
    if (!own || at < 0) return
    own.jobs.splice(at, 1)
    own.characters -= job.text.length
    this.#count--
    this.#characters -= job.text.length
    if (own.jobs.length === 0) this.#people.delete(job.person)
  }

  /** Nothing waits any more. @returns what did */
  clear(): readonly Job[] {
    const all = [...this.#people.values()].flatMap(({ jobs }) => jobs)
    for (const job of all) this.remove(job)
    return all
  }

  #put(job: Job): void {
    const own = this.#people.get(job.person) ?? { jobs: [], characters: 0 }
    this.#people.set(job.person, own)
    own.jobs.push(job)
    own.characters += job.text.length
    this.#count++
    this.#characters += job.text.length
  }

  #fullShare({ person, text }: Job): NoRoom | undefined {
    const own = this.#people.get(person)
    if (!own) return undefined
    const texts = Math.max(1, Math.floor(this.#room.waiting / SHARE))
    const characters = Math.floor(this.#room.bytes / SHARE)
    if (own.jobs.length >= texts) return { of: 'person', what: 'texts', most: texts }
    if (own.characters + text.length > characters) return { of: 'person', what: 'characters', most: characters }
    return undefined
  }

  /** One text may always wait. */
  #overfull(): NoRoom | undefined {
    const { waiting, bytes } = this.#room
    if (this.#count <= 1) return undefined
    if (this.#count > waiting) return { of: 'all', what: 'texts', most: waiting }
    return this.#characters > ALL * bytes ? { of: 'all', what: 'characters', most: ALL * bytes } : undefined
  }

  /** Who has most; of those who have as much, whoever came last. */
  #most(what: NoRoom['what'], newcomer: string): Own<Job> {
    const size = (own: Own<Job>): number => (what === 'texts' ? own.jobs.length : own.characters)
    return [...this.#people.values()].reduce(
      (most, each) => (size(each) > size(most) ? each : most),
      this.#people.get(newcomer)!,
    )
  }
}
