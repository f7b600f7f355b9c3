import type { TokenList } from '../../../identity/service-tokens/token-list.js'

/** Milliseconds between two looks at most: a clock can be set, and timers don't count days. */
const longest = 30_000

/** Tells when a token has expired, or the secret before a rotation, so that what runs by it ends then. */
export class TokenClock implements Disposable {
  readonly #list: Pick<TokenList, 'nextEnd'>
  readonly #due: () => void
  #next: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(list: Pick<TokenList, 'nextEnd'>, due: () => void) {
    this.#list = list
    this.#due = due
    this.look()
  }

  /** Looks again, since there is another token, or another end of one. */
  look(): void {
    clearTimeout(this.#timer)
    const now = Date.now()
    const isDue = this.#next !== undefined && this.#next <= now
    this.#next = this.#list.nextEnd()
    this.#timer = setTimeout(() => this.look(), Math.min(longest, (this.#next ?? Infinity) - now + 1)).unref()
    if (isDue) this.#due()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
