import { Progress } from '../progress.js'

/** Milliseconds after which somebody wonders whether anything happens. */
const after = 2_000

/** How much has been written to a file or a pipe, on a terminal's stderr, once that takes a while. */
export class ExportProgress implements Disposable {
  readonly #progress: Progress
  readonly #since = performance.now()
  #bytes = 0

  constructor(isShown: boolean) {
    this.#progress = new Progress(isShown)
  }

  add(bytes: number): void {
    this.#bytes += bytes
    const seconds = (performance.now() - this.#since) / 1000
    if (seconds * 1000 < after) return
    const megabytes = this.#bytes / 1e6
    this.#progress.show(`${megabytes.toFixed(1)} MB written, ${(megabytes / seconds).toFixed(1)} MB/s`, this.#bytes)
  }

  /** Before anything else is written there. */
  clear(): void {
    this.#progress[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.clear()
  }
}
