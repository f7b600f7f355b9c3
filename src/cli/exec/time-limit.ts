import { HoopError } from '../../lib/errors.js'
import { durationOf } from '../../lib/when.js'

/** A signal that aborts with TIME_OVER after so long. */
export class TimeLimit implements Disposable {
  readonly #stop = new AbortController()
  readonly #timer: NodeJS.Timeout

  /** @param text `30s`, `10m`, `1h`. @throws {HoopError} USAGE */
  constructor(text: string) {
    const ms = durationOf(text)
    if (!(ms > 0 && ms < 2 ** 31))
      throw new HoopError('USAGE', `--timeout ${text} is no time to wait`, {
        hint: 'Write 30s, 10m or 1h; at most 24d.',
      })
    this.#timer = setTimeout(() => this.#stop.abort(new HoopError('TIME_OVER', `${text} have passed`)), ms)
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
  }
}
