import type { Principal } from '../../../identity/types.js'

/** Milliseconds between two notes of one person. */
const every = 60_000
/** People remembered at most; whoever is forgotten is only noted once more. */
const most = 10_000

/** Notes who uses the API, at most once a minute each. Never throws and never waits: nobody's request hangs on it. */
export class PeopleSeen {
  readonly #noted = new Map<string, number>()
  readonly #note: (person: Principal, at: number) => Promise<void>
  readonly #failed: (error: unknown) => void

  constructor(note: (person: Principal, at: number) => Promise<void>, failed: (error: unknown) => void) {
    this.#note = note
    this.#failed = failed
  }

  see(person: Principal, now = Date.now()): void {
    if (now - (this.#noted.get(person.subject) ?? 0) < every) return
    if (this.#noted.size >= most) this.#noted.clear()
    this.#noted.set(person.subject, now)
    this.#note(person, now).catch((error: unknown) => {
      this.#noted.delete(person.subject)
      this.#failed(error)
    })
  }
}
