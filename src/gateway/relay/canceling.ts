import type { Machine } from './machine/machine.js'

/** Milliseconds between two attempts to cancel what the server is at: at first, and at most. */
const AGAIN = { first: 50, most: 1000 }

/** Milliseconds until the second attempt to cancel a text of short statements: it is between two of them often. */
export const SOON = 5

/**
 * Makes the server stop at a statement whose budget is used up, or at a text that the client has canceled, and holds up
 * what would go upstream until the signal has been sent: one that comes late then finds the server waiting for a message,
 * and does nothing. A cancel that came too early, between two messages, or was lost is repeated. See
 * docs/decisions/0007-cancel-at-a-budget.md.
 */
export class Canceling {
  readonly #machine: Pick<Machine, 'toCancel' | 'cancelling'>
  readonly #cancel: () => Promise<void>
  #deferred: (() => void)[] | undefined
  #running = false
  #stopped = false
  #wait: number = AGAIN.first
  /** Ends the wait for the next attempt. */
  #wake: () => void = () => undefined
  #sent = Promise.withResolvers<void>()

  /** @param cancel resolves when the server has closed the connection of the CancelRequest */
  constructor(machine: Pick<Machine, 'toCancel' | 'cancelling'>, cancel: () => Promise<void>) {
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

  /**
   * @param resumed called when nothing is held up any more
   * @param first milliseconds until the second attempt
   * @returns resolves when a signal has been sent, or need not be any more
   */
  begin(resumed: () => void, first: number = AGAIN.first): Promise<void> {
    const { promise } = this.#sent
    this.#wait = first
    // It may still wait behind what it has cancelled before.
    if (this.#running) this.#wake()
    else void this.#run(resumed)
    return promise
  }

  stop(): void {
    this.#stopped = true
    this.#deferred = undefined
    this.#wake()
  }

  async #run(resumed: () => void): Promise<void> {
    const machine = this.#machine
    this.#running = true
    while (machine.toCancel && !this.#stopped) {
      this.#deferred = []
      machine.cancelling(true)
      await this.#cancel()
      machine.cancelling(false)
      const deferred = this.#deferred ?? []
      this.#deferred = undefined
      for (const action of deferred) action()
      resumed()
      this.#told()
      await this.#pause()
    }
    this.#running = false
    this.#told()
  }

  #told(): void {
    this.#sent.resolve()
    this.#sent = Promise.withResolvers()
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    const timer = setTimeout(resolve, this.#wait).unref()
    this.#wait = Math.min(2 * this.#wait, AGAIN.most)
    await promise
    clearTimeout(timer)
  }
}
