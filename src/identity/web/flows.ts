import { createHash, randomBytes } from 'node:crypto'

/** A sign-in that was begun and has not come back. */
export interface Flow {
  readonly verifier: string
  readonly nonce: string
  readonly client: string
  /** The request that they came for; the inbox where there is none. An address is nowhere in it. */
  readonly request: string | undefined
}

/** Milliseconds that somebody has for signing in at the provider. */
export const flowLife = 10 * 60_000

/** In progress at once, in all and begun at one neighbourhood of addresses: the oldest of that neighbourhood give way, or of whichever has most. */
const most = { all: 10_000, from: 1_000 }

interface Begun {
  readonly flow: Flow
  readonly browser: string
  readonly from: string
  readonly until: number
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/**
 * Sign-ins in progress, by their `state`: each ends once, and only in the browser in which it began.
 * @see RFC 6749, section 10.12; RFC 9700, section 4.7
 */
export class Flows {
  readonly #begun = new Map<string, Begun>()
  /** Their states by where they began, the oldest first. */
  readonly #from = new Map<string, Set<string>>()

  /**
   * @param browser what its cookie holds
   * @param from who is counted together: anybody may begin, and no stranger is to push out others' sign-ins by that
   */
  begin(state: string, browser: string, from: string, flow: Flow, now = Date.now()): void {
    for (const [key, { until }] of this.#begun) {
      if (until > now) break
      this.#drop(key)
    }
    if ((this.#from.get(from)?.size ?? 0) >= most.from) this.#dropOldest(from)
    if (this.#begun.size >= most.all) this.#dropOldest(this.#busiest())
    this.#begun.set(state, { flow, browser: hashOf(browser), from, until: now + flowLife })
    const states = this.#from.get(from) ?? new Set()
    this.#from.set(from, states.add(state))
  }

  /** Good once. A browser in which it did not begin takes it from nobody. */
  take(state: string, browser: string, now = Date.now()): Flow | undefined {
    const found = this.#begun.get(state)
    if (!found || found.browser !== hashOf(browser)) return undefined
    this.#drop(state)
    return found.until > now ? found.flow : undefined
  }

  #drop(state: string): void {
    const found = this.#begun.get(state)
    if (!found) return
    this.#begun.delete(state)
    const states = this.#from.get(found.from)
    states?.delete(state)
    if (states?.size === 0) this.#from.delete(found.from)
  }

  #dropOldest(from: string): void {
    for (const state of this.#from.get(from) ?? []) return this.#drop(state)
  }

  /** Where most of them began. */
  #busiest(): string {
    let busiest = ''
    let size = 0
    for (const [from, states] of this.#from) if (states.size > size) [busiest, size] = [from, states.size]
    return busiest
  }
}

/** What a browser is known by while it signs in. */
export const newBrowser = (): string => randomBytes(32).toString('base64url')
