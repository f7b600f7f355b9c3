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

/** In progress at once; the oldest give way. */
const most = 10_000

interface Begun {
  readonly flow: Flow
  readonly browser: string
  readonly until: number
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/**
 * Sign-ins in progress, by their `state`: each ends once, and only in the browser in which it began.
 * @see RFC 6749, section 10.12; RFC 9700, section 4.7
 */
export class Flows {
  readonly #begun = new Map<string, Begun>()

  /** @param browser what its cookie holds */
  begin(state: string, browser: string, flow: Flow, now = Date.now()): void {
    for (const [key, { until }] of this.#begun) {
      if (until > now && this.#begun.size < most) break
      this.#begun.delete(key)
    }
    this.#begun.set(state, { flow, browser: hashOf(browser), until: now + flowLife })
  }

  /** Good once. A browser in which it did not begin takes it from nobody. */
  take(state: string, browser: string, now = Date.now()): Flow | undefined {
    const found = this.#begun.get(state)
    if (!found || found.browser !== hashOf(browser)) return undefined
    this.#begun.delete(state)
    return found.until > now ? found.flow : undefined
  }
}

/** What a browser is known by while it signs in. */
export const newBrowser = (): string => randomBytes(32).toString('base64url')
