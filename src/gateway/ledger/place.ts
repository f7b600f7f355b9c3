/** At most so often a checkpoint goes to one place, milliseconds: of those between, the last one says all. */
const pause = 1000
/** The longest wait before a failed one is tried again. */
const longestPause = 60_000
/** What is waiting when the gateway stops gets so long. */
const lastCall = 2000

/** A checkpoint to be put somewhere. */
export interface Newest {
  readonly checkpoint: string
  readonly size?: bigint
}

/** Puts a checkpoint somewhere, or throws. */
export type Put = (checkpoint: string, signal: AbortSignal) => Promise<void>

/** One place that copies go to. What it doesn't take is tried until it does, or until there is a newer one. */
export class Place {
  readonly #put: Put
  readonly #failed: (error: unknown) => void
  readonly #took: () => void
  readonly #stop = new AbortController()
  #newest: Newest | undefined
  #running: Promise<void> | undefined
  #wake: (() => void) | undefined
  #isClosing = false
  taken = 0

  constructor(put: Put, failed: (error: unknown) => void, took: () => void) {
    this.#put = put
    this.#failed = failed
    this.#took = took
  }

  publish(newest: Newest): void {
    this.#newest = newest
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    let wait = pause
    while (this.#newest && !this.#stop.signal.aborted) {
      const { checkpoint, size } = this.#newest
      this.#newest = undefined
      try {
        await this.#put(checkpoint, this.#stop.signal)
        if (size !== undefined) this.taken = Number(size)
        wait = pause
        this.#took()
      } catch (error) {
        this.#failed(error)
        this.#newest ??= { checkpoint, ...(size !== undefined && { size }) }
        wait = Math.min(wait * 2, longestPause)
      }
      if (!this.#isClosing) await this.#rest(wait)
    }
    this.#running = undefined
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref()
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** The newest is tried once more, within a bound. */
  async close(): Promise<void> {
    this.#isClosing = true
    const timer = setTimeout(() => this.#stop.abort(), lastCall)
    this.#wake?.()
    await this.#running
    clearTimeout(timer)
  }
}
