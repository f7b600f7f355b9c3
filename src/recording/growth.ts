import { stat } from 'node:fs/promises'
import { HoopError } from '../lib/errors.js'
import { chainAt } from './follow.js'

/** Milliseconds between two looks at a file that grows. */
const lookEvery = 50

/** Recordings that one person may wait for at a time. */
const mostEach = 8

/** Is told the size of a file, or that it is gone. */
type Wait = (size: number | undefined) => void

interface Watched extends Disposable {
  readonly waits: Set<Wait>
}

/** Tells readers that recordings have grown. A file is looked at once for all who wait for it. */
export class Growth {
  readonly #watched = new Map<string, Watched>()
  readonly #perPerson = new Map<string, number>()

  /**
   * Waits until a recording is longer than what was read of it. Returns, too, where it is gone, or the signal aborts.
   * @param person who waits
   * @throws {HoopError} REQUEST_INVALID for a position that isn't ours; RATE_LIMITED where they wait for too many already
   */
  async wait(path: string, position: string, person: string, signal: AbortSignal): Promise<void> {
    const { size: known } = chainAt(position)
    const waiting = this.#perPerson.get(person) ?? 0
    if (waiting >= mostEach) throw new HoopError('RATE_LIMITED', `${mostEach} sessions are followed already`)
    this.#perPerson.set(person, waiting + 1)
    const watched = this.#watch(path)
    const { promise, resolve } = Promise.withResolvers<void>()
    const wait: Wait = (size) => {
      if (size === undefined || size > known) resolve()
    }
    const leave = (): void => resolve()
    watched.waits.add(wait)
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', leave, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener('abort', leave)
      watched.waits.delete(wait)
      if (watched.waits.size === 0) watched[Symbol.dispose]()
      const left = (this.#perPerson.get(person) ?? 1) - 1
      if (left === 0) this.#perPerson.delete(person)
      else this.#perPerson.set(person, left)
    }
  }

  #watch(path: string): Watched {
    const known = this.#watched.get(path)
    if (known) return known
    const waits = new Set<Wait>()
    let looking = false
    const timer = setInterval(() => {
      if (looking) return
      looking = true
      void stat(path)
        .then(
          ({ size }) => size,
          () => undefined,
        )
        .then((size) => waits.forEach((wait) => wait(size)))
        .finally(() => (looking = false))
    }, lookEvery)
    const end = (): void => {
      clearInterval(timer)
      this.#watched.delete(path)
    }
    const watched = { waits, [Symbol.dispose]: end }
    this.#watched.set(path, watched)
    return watched
  }
}
