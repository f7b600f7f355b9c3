import { randomUUID } from 'node:crypto'

/** Tells those who wait that something has changed. */
export class News {
  readonly #boot = randomUUID()
  #count = 0
  readonly #listeners = new Set<() => void>()

  /** Stands for everything that has happened so far; another process has others. */
  get version(): string {
    return `${this.#boot}.${this.#count}`
  }

  tell(): void {
    this.#count++
    for (const listener of [...this.#listeners]) listener()
  }

  /** Resolves when `version` is no longer the latest, or the time is over. @param ms at most */
  async after(version: string, ms: number, signal?: AbortSignal): Promise<void> {
    if (version !== this.version || signal?.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms).unref()
      this.#listeners.add(done)
      signal?.addEventListener('abort', done, { once: true })
    })
  }
}
