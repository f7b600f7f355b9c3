import type { Identity } from '../../../../identity/principal.js'

/** Milliseconds between two notes of one person. */
const every = 60_000
/** People remembered at most; whoever is forgotten is only noted once more. */
const most = 10_000

interface Noted {
  readonly at: number
  readonly groups: string
  readonly namedAt: number
}

/** Notes who uses the API, at most once a minute each, and at once when the provider names other groups. */
export class PeopleSeen {
  readonly #noted = new Map<string, Noted>()
  readonly #note: (person: Identity, at: number) => Promise<void>
  readonly #failed: (error: unknown) => void

  constructor(note: (person: Identity, at: number) => Promise<void>, failed: (error: unknown) => void) {
    this.#note = note
    this.#failed = failed
  }

  /**
   * Resolves at once, but where the groups are others than the last ones: then when they are kept, since what is decided
   * next may rest on them. Never throws: nobody's request fails by it.
   * @returns whether they are others, or somebody is seen for the first time
   */
  async see(person: Identity, now = Date.now()): Promise<boolean> {
    const { subject, namedAt = now } = person
    const groups = JSON.stringify(person.groups)
    const before = this.#noted.get(subject)
    // An older token may still be in use elsewhere: it changes nothing, however often it comes.
    const isChange = !before || (before.groups !== groups && namedAt >= before.namedAt)
    if (!isChange && now - before.at < every) return false
    if (this.#noted.size >= most) this.#noted.clear()
    this.#noted.set(subject, isChange ? { at: now, groups, namedAt } : { ...before, at: now })
    const noted = this.#note(person, now).catch((error: unknown) => {
      this.#noted.delete(subject)
      this.#failed(error)
    })
    if (isChange) await noted
    return isChange
  }
}
