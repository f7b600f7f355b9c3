import { asLongAs } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import type { UpstreamTarget } from '../upstream/target.js'
import { isShared, stateOf, type Trouble } from './trouble.js'

/** Before a connection that is quarantined is tried again, milliseconds: twice as long after each try, up to the longest. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 30_000

/** A session that begins has the catalog looked at again where that was longer ago, milliseconds; it doesn't wait for it. */
const FRESH = 60_000

/** What a try has found. */
export interface Looked {
  /** How to log in; absent where not even that is known. */
  readonly target?: UpstreamTarget
  readonly troubles: readonly Trouble[]
  /** Whether somebody else may change a catalog that was looked at. */
  readonly ages: boolean
  /** Whether the catalog of a database is the one that was looked at: it may have been read anew since. */
  isCurrent(database: string): boolean
  /** The same by the catalogs that were read last, without a try. Never throws. */
  again(signal: AbortSignal): Promise<Looked>
}

/** What a configuration says of one connection. */
export interface Terms {
  /** The same where the connection, who may use it, and its policies are the same. */
  readonly key: string
  /** Tries it. Never throws; ends early where the signal says so. */
  look(last: Looked | undefined, signal: AbortSignal): Promise<Looked>
}

type Look = (terms: Terms, stop: AbortSignal) => Promise<Looked>

/** Who wants in. */
export interface Entry {
  /** `key` of the terms under which the session is to begin. */
  readonly key: string
  readonly database: string
  /** Name of the policy. */
  readonly policy: string
}

/**
 * Whether sessions may begin on one connection. One try is under way at most, and whoever wants in waits for it; between
 * tries a quarantined connection rests, and a session that asks ends the rest.
 */
export class ConnectionWatch implements Disposable {
  readonly #changed: (now: readonly Trouble[]) => void
  #terms: Terms
  /** Under these terms; undefined before their first try has ended. */
  #looked: Looked | undefined
  /** When the last try ended, by performance.now(). */
  #at = -Infinity
  #since: Date | undefined
  #said = ''
  /** A session was let in and has met trouble: nobody is let in before that is looked at. */
  #isDoubted = false
  #trying: Promise<void> | undefined
  #stop = new AbortController()
  #pause = FIRST_PAUSE
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  /** @param changed called once for each change of what is in the way; with nothing where it is over */
  constructor(terms: Terms, changed: (now: readonly Trouble[]) => void) {
    this.#terms = terms
    this.#changed = changed
    void this.look()
  }

  /** What is in the way now, as far as is known. */
  get troubles(): readonly Trouble[] {
    return this.#looked?.troubles ?? []
  }

  /** Since when something is. */
  get since(): Date | undefined {
    return this.#since
  }

  get target(): UpstreamTarget | undefined {
    return this.#looked?.target
  }

  /** Resolves when it was tried under the terms in force. */
  get tried(): Promise<void> {
    return this.#looked ? Promise.resolve() : this.look()
  }

  /** Other terms from now on: nobody is let in before they were tried. */
  adopt(terms: Terms): void {
    this.#terms = terms
    this.#looked = undefined
    this.#pause = FIRST_PAUSE
    this.#stop.abort(new Error('there are other terms'))
    void this.look()
  }

  /**
   * Lets a session in, at once or after the try that is under way or due.
   * @throws {HoopError} why not; CONNECTION_UNAVAILABLE where the terms have changed meanwhile; the signal's reason
   */
  async enter({ key, database, policy }: Entry, signal: AbortSignal): Promise<UpstreamTarget> {
    const inTheWay = (): Trouble | undefined =>
      this.troubles.find((each) => each.database === database && (each.policy ?? policy) === policy)
    const last = this.#looked
    if (!last || this.#isDoubted || inTheWay()) await asLongAs(this.look(), signal)
    else if (!last.isCurrent(database))
      await asLongAs(
        this.#look((_, stop) => last.again(stop)),
        signal,
      )
    const { target, ages = false } = this.#looked ?? {}
    const trouble = inTheWay()
    if (key === this.#terms.key && trouble) throw trouble.error
    // What it would begin under is no longer in force, and may be looser than what is.
    if (key !== this.#terms.key || this.#isOver || !target)
      throw new HoopError('CONNECTION_UNAVAILABLE', 'the configuration has changed', { hint: 'Connect again.' })
    if (ages && performance.now() - this.#at > FRESH) void this.look()
    return target
  }

  /** What a session has met that was let in. */
  met(error: unknown): void {
    if (!isShared(error) || this.#isOver) return
    this.#isDoubted = true
    void this.look()
  }

  /** Resolves when a try has ended: the one that is under way, or one that begins now. */
  look(): Promise<void> {
    return this.#look((terms, stop) => terms.look(this.#looked, stop))
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#stop.abort(new Error('the connection is gone'))
  }

  #look(how: Look): Promise<void> {
    return (this.#trying ??= this.#try(how).finally(() => (this.#trying = undefined)))
  }

  async #try(how: Look): Promise<void> {
    clearTimeout(this.#timer)
    const terms = this.#terms
    this.#stop = new AbortController()
    const looked = await how(terms, this.#stop.signal)
    if (this.#isOver) return
    if (terms === this.#terms) this.#take(looked)
    else await this.#try((now, stop) => now.look(undefined, stop))
  }

  #take(looked: Looked): void {
    const { troubles } = looked
    const isFree = troubles.length === 0
    this.#looked = looked
    this.#at = performance.now()
    this.#isDoubted = false
    this.#since = isFree ? undefined : (this.#since ?? new Date())
    const state = stateOf(troubles)
    if (state !== this.#said) {
      this.#said = state
      this.#changed(troubles)
    }
    if (isFree) {
      this.#pause = FIRST_PAUSE
      return
    }
    this.#timer = setTimeout(() => {
      this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
      void this.look()
    }, this.#pause).unref()
  }
}
