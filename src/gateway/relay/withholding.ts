import { HoopError } from '../../lib/errors.js'
import type { Outbox } from '../../wire/outbox.js'
import { refusalOf } from './refusal.js'

/** A result is withheld: everything up to its ReadyForQuery is swallowed, and in its place goes one error. */
export class Withholding {
  readonly #out: Outbox
  #error: HoopError | undefined
  #told = false

  constructor(out: Outbox) {
    this.#out = out
  }

  /** Why, where a result is being withheld. */
  get error(): HoopError | undefined {
    return this.#error
  }

  /** Whether the client has yet to get the error. */
  get owed(): boolean {
    return this.#error !== undefined && !this.#told
  }

  begin(error: HoopError): void {
    this.#error ??= error
  }

  /** Tells the client, once. @param finished the server had done what it was asked by then */
  tell(finished: boolean): void {
    if (!this.#error || this.#told) return
    this.#told = true
    const { code, about, hint, detail } = this.#error
    const whole = finished ? [detail, 'The server had already finished: effects of the statement stand.'] : [detail]
    const words = whole.filter(Boolean).join(' ')
    this.#out.put(refusalOf(new HoopError(code, about, { hint, ...(words ? { detail: words } : {}) })))
  }

  /** ReadyForQuery: whoever was not told of the error is told now. */
  end(): void {
    this.tell(true)
    this.#error = undefined
    this.#told = false
  }
}
