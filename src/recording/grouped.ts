/**
 * Runs a task for everyone who asked for it since the last time, one after another, at most once per `interval` (ms).
 * One timer for all sessions; it never keeps the process alive.
 */
export class Grouped<Member> {
  readonly #members = new Set<Member>()
  readonly #interval: number
  readonly #run: (member: Member) => unknown
  #armed = false

  constructor(interval: number, run: (member: Member) => unknown) {
    this.#interval = interval
    this.#run = run
  }

  add(member: Member): void {
    this.#members.add(member)
    if (this.#armed) return
    this.#armed = true
    setTimeout(() => void this.#turn(), this.#interval).unref()
  }

  delete(member: Member): void {
    this.#members.delete(member)
  }

  /** `run` must not throw. */
  async #turn(): Promise<void> {
    const members = [...this.#members]
    this.#members.clear()
    for (const member of members) await this.#run(member)
    this.#armed = false
    const [waiting] = this.#members
    if (waiting !== undefined) this.add(waiting)
  }
}
