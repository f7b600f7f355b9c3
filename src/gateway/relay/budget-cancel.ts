import type { Machine } from './machine/machine.js'

/** Milliseconds between two attempts to cancel a statement that ran over its budget: at first, and at most. */
const AGAIN = { first: 50, most: 1000 }

/**
 * Makes the server stop a statement whose budget is used up, and holds up what would go upstream until the signal has
 * been sent: one that comes late then finds the server waiting for a message, and does nothing. A cancel that came too
 * early or was lost is repeated. See docs/decisions/0007-cancel-at-a-budget.md.
 */
export class BudgetCancel {
  readonly #machine: Pick<Machine, 'overBudget' | 'cancelling'>
  readonly #cancel: () => Promise<void>
  #deferred: (() => void)[] | undefined
  #running = false
  #stopped = false

  /** @param cancel resolves when the server has closed the connection of the CancelRequest */
  constructor(machine: Pick<Machine, 'overBudget' | 'cancelling'>, cancel: () => Promise<void>) {
    this.#machine = machine
    this.#cancel = cancel
  }

  get holding(): boolean {
    return this.#deferred !== undefined
  }

  /** @returns whether the action was put off until the signal has been sent */
  defer(action: () => void): boolean {
    this.#deferred?.push(action)
    return this.#deferred !== undefined
  }

  /** @param resumed called when nothing is held up any more */
  begin(resumed: () => void): void {
    if (!this.#running) void this.#run(resumed)
  }

  stop(): void {
    this.#stopped = true
    this.#deferred = undefined
  }

  async #run(resumed: () => void): Promise<void> {
    const machine = this.#machine
    this.#running = true
    for (let wait = AGAIN.first; machine.overBudget && !this.#stopped; wait = Math.min(2 * wait, AGAIN.most)) {
      this.#deferred = []
      machine.cancelling(true)
      await this.#cancel()
      machine.cancelling(false)
      const deferred = this.#deferred ?? []
      this.#deferred = undefined
      for (const action of deferred) action()
      resumed()
      await new Promise((done) => setTimeout(done, wait).unref())
    }
    this.#running = false
    if (!this.#stopped && machine.overBudget) this.begin(resumed)
  }
}
