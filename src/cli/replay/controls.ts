import { HoopError } from '../../lib/errors.js'

/** What keys do while a session is shown. */
const keys: Readonly<Record<string, 'pause' | 'next' | 'quit' | 'interrupt'>> = {
  ' ': 'pause',
  n: 'next',
  '\r': 'next',
  '\n': 'next',
  q: 'quit',
  '\u0004': 'quit',
  '\u0003': 'interrupt',
}

/** setTimeout counts in 31 bits. */
const longest = 2 ** 31 - 1

/** The viewer's hand on the replay: waits that keys shorten, stretch or end. */
export class Controls {
  #paused = false
  #hurrying = false
  #quit = false
  #interrupted = false
  #wake: (() => void) | undefined
  readonly #signal: AbortSignal

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
  }

  press(key: string): void {
    const action = keys[key]
    if (action === 'pause') this.#paused = !this.#paused
    if (action === 'next') {
      this.#hurrying = true
      this.#paused = false
    }
    if (action === 'quit') this.#quit = true
    if (action === 'interrupt') this.#interrupted = true
    if (action !== undefined) this.#wake?.()
  }

  /** From here on pauses count again: the statement that was hurried to has come. */
  arrived(): void {
    this.#hurrying = false
  }

  /**
   * Lets time pass. Paused, it takes as long as the viewer wants; hurrying to the next statement, no time.
   * @returns false when the viewer has had enough
   * @throws {HoopError} INTERRUPTED at Ctrl-C, or the signal's reason
   */
  async wait(ms: number): Promise<boolean> {
    for (let left = ms; this.#goesOn() && (this.#paused || (left > 0 && !this.#hurrying));) {
      const began = performance.now()
      const counts = !this.#paused
      await this.#change(counts ? left : undefined)
      if (counts) left -= performance.now() - began
    }
    return this.#goesOn()
  }

  /** Waits for a key that says go on. @returns as `wait` */
  async step(): Promise<boolean> {
    if (!this.#hurrying) this.#paused = true
    return this.wait(0)
  }

  #goesOn(): boolean {
    this.#signal.throwIfAborted()
    if (this.#interrupted) throw new HoopError('INTERRUPTED')
    return !this.#quit
  }

  /** Until a key, the signal, or the time. */
  #change(ms: number | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = ms === undefined ? setInterval(() => undefined, longest) : setTimeout(resolve, Math.min(ms, longest))
    this.#wake = resolve
    return promise.finally(() => {
      this.#wake = undefined
      clearTimeout(timer)
    })
  }
}
