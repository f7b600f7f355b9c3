import type { SecretSpec } from '../sections/secret.js'
import { asHoopError } from '../../../lib/errors.js'
import type { SecretFailure } from './failure.js'

/** After a failed reading ahead of time the next one waits this part of the lifetime. */
const PAUSE = 1 / 10

/** From this part of its lifetime on a value is read anew while it is still used. */
const AHEAD = 1 / 2

/** Whoever asks, and be it anybody, has a command run no more often than this once it fails. Milliseconds. */
const REST = 2_000

interface Known {
  readonly value: string
  /** By performance.now(). */
  readonly at: number
  /** To be read anew at the next use, whatever its age. */
  readonly isDoubted: boolean
}

export interface SecretOptions {
  readonly spec: SecretSpec
  /** Reads it. @throws {HoopError} SECRET_MISSING */
  readonly fetch: () => Promise<string>
  /** Told when a reading fails, and when one succeeds again. @param kept whether a former value is used meanwhile */
  readonly told?: (failure: SecretFailure | undefined, kept: boolean) => void
}

/**
 * A secret that the configuration names. With a lifetime it is remembered: a reading that fails leaves the last good value
 * in use until that one's lifetime is over. One reading is under way at most.
 */
export class Secret {
  readonly #options: SecretOptions
  #known: Known | undefined
  #reading: Promise<string> | undefined
  #failure: SecretFailure | undefined
  #failedAt = -Infinity
  /** When it was read anew last because somebody refused it. */
  #renewedAt = -Infinity
  #version = 0
  /** What was told last of a failure: whether a former value was in use. */
  #said: boolean | undefined

  constructor(options: SecretOptions) {
    this.#options = options
  }

  /** Another number for each other value that was read. */
  get version(): number {
    return this.#version
  }

  /** Why the last reading failed, while the value before it is in use. */
  get concern(): SecretFailure | undefined {
    return this.#usable ? this.#failure : undefined
  }

  /** @throws {HoopError} SECRET_MISSING */
  async read(): Promise<string> {
    const { lifetime } = this.#options.spec
    const known = this.#usable
    if ((!known || lifetime === undefined) && this.#failure && this.#rests(this.#failedAt)) throw this.#failure
    if (!known || lifetime === undefined) return this.#anew()
    const now = performance.now()
    const hasRested = now - this.#failedAt >= lifetime * PAUSE
    if (known.isDoubted && hasRested) return this.#anew().catch(() => known.value)
    if (now - known.at >= lifetime * AHEAD && hasRested) void this.#anew().catch(() => undefined)
    return known.value
  }

  /**
   * Reads a remembered value anew since somebody has refused it.
   * @param version of the value that was refused
   * @returns whether there is another one by now
   */
  async renew(version: number): Promise<boolean> {
    if (this.#options.spec.lifetime === undefined) return false
    // Who comes while it is read shares that reading; who comes right behind it would only hear the same.
    const isDue = this.#reading !== undefined || !this.#rests(Math.max(this.#renewedAt, this.#failedAt))
    if (this.#version === version && isDue) {
      this.#renewedAt = performance.now()
      await this.#anew().catch(() => undefined)
    }
    return this.#version !== version
  }

  /** The next use reads it anew; where that fails the value stays for its lifetime. */
  doubt(): void {
    if (this.#known) this.#known = { ...this.#known, isDoubted: true }
    this.#failedAt = this.#renewedAt = -Infinity
  }

  /** A file is looked at again at once: that costs nothing. */
  #rests(since: number): boolean {
    return 'exec' in this.#options.spec && performance.now() - since < REST
  }

  get #usable(): Known | undefined {
    const { lifetime } = this.#options.spec
    if (!this.#known || lifetime === undefined) return undefined
    return performance.now() - this.#known.at < lifetime ? this.#known : undefined
  }

  #anew(): Promise<string> {
    return (this.#reading ??= this.#fetch().finally(() => (this.#reading = undefined)))
  }

  async #fetch(): Promise<string> {
    const { spec, fetch, told } = this.#options
    try {
      const at = performance.now()
      const value = await fetch()
      if (value !== this.#known?.value) this.#version++
      // What is read for each use need not lie in memory.
      if (spec.lifetime !== undefined) this.#known = { value, at, isDoubted: false }
      if (this.#failure) told?.(undefined, false)
      this.#failure = this.#said = undefined
      return value
    } catch (error) {
      this.#failure = asHoopError(error) as SecretFailure
      this.#failedAt = performance.now()
      const kept = this.#usable !== undefined
      if (!kept) this.#known = undefined
      if (kept !== this.#said) told?.(this.#failure, kept)
      this.#said = kept
      throw error
    }
  }
}
