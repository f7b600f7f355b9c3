import { setTimeout as sleep } from 'node:timers/promises'

const longest = 3_000

/** Before a request is tried again that fails while the gateway is away: half a second, and twice as long each time, up to three. */
export class Pauses {
  #failures = 0

  /** Resolves when it is time, or when `signal` says that nobody waits any more. */
  async next(signal: AbortSignal): Promise<void> {
    const milliseconds = Math.min(longest, 500 * 2 ** this.#failures++)
    await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
  }

  /** It has worked: the next failure is the first. */
  over(): void {
    this.#failures = 0
  }
}
