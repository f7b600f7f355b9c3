import type { SessionEvent } from '../../lib/api/session-events.js'
import { showCount } from './values.js'

/** What the viewer went past on the way to something: how much, and the statements whose results may be what is looked for. */
export class PassedOver {
  #statements = 0
  /** Texts of statements that have no result yet, by number. */
  readonly #open = new Map<number, string>()

  keep(event: SessionEvent, text: string): void {
    if (event.type === 'statement' || event.type === 'refusal') this.#statements++
    if (event.type === 'statement') this.#open.set(event.n, text)
    if (event.type === 'result') this.#open.delete(event.n)
  }

  /** What stands before the event that was looked for: that something was passed over, and the statement that the event belongs to. */
  before(event: SessionEvent): string {
    const statement = event.type === 'result' ? this.#open.get(event.n) : undefined
    const count = this.#statements - (statement === undefined ? 0 : 1)
    this.#statements = 0
    this.#open.clear()
    return (count > 0 ? `… ${showCount(count, 'statement')} passed over\n` : '') + (statement ?? '')
  }
}
