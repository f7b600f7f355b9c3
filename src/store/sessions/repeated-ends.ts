/** Ends that are remembered: some 300 bytes each. Of more, the next start reads them from recordings. */
const most = 10_000
/** Milliseconds until the first try, and at most. */
const [first, longest] = [1_000, 60_000]

/** Writes one end. @throws what the store says */
type Write<Ending> = (id: string, ending: Ending) => Promise<void>

/** Ends of sessions that the store didn't take: they are tried again until it does. */
export class RepeatedEnds<Ending> {
  readonly #write: Write<Ending>
  readonly #waiting = new Map<string, Ending>()
  readonly #first: number
  #pause: number
  #timer: NodeJS.Timeout | undefined

  /** @param pause until the first try, milliseconds */
  constructor(write: Write<Ending>, pause = first) {
    this.#write = write
    this.#first = this.#pause = pause
  }

  get size(): number {
    return this.#waiting.size
  }

  /** @returns whether it will be tried again */
  add(id: string, ending: Ending): boolean {
    if (this.#waiting.size >= most) return false
    this.#waiting.set(id, ending)
    this.#arm()
    return true
  }

  /** Tries once more, all at once: those that the store takes share a transaction. Never throws. */
  async again(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const tried = await Promise.allSettled(
      [...this.#waiting].map(async ([id, ending]) => {
        await this.#write(id, ending)
        this.#waiting.delete(id)
      }),
    )
    const failed = tried.some(({ status }) => status === 'rejected')
    this.#pause = failed ? Math.min(this.#pause * 2, longest) : this.#first
    if (this.#waiting.size > 0) this.#arm()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => void this.again(), this.#pause).unref()
  }
}
