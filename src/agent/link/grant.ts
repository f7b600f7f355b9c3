import { setTimeout as sleep } from 'node:timers/promises'
import type { GrantAnswer, GrantRequest } from '../../lib/api.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { GatewayClient } from '../api/client.js'

/** Milliseconds between two looks at the clock. */
const LOOKS = 5_000

/** Part of what is left at half of a grant's life; with less, its renewal is late. */
const LATE = 0.8

/** Milliseconds between attempts after a renewal failed. */
const again = 15_000

export interface GrantEvents {
  renewed(grant: GrantAnswer): void
  /** A renewal failed; the grant holds until it expires. */
  renewalFailed(error: HoopError, expiresAt: Date): void
}

/**
 * A grant that is kept alive: at half of its life the identity provider is asked again and the grant renewed. Where the
 * provider refuses, the grant is given back, which ends its sessions; at the latest they end with the grant.
 */
export class HeldGrant {
  readonly #client: GatewayClient
  readonly #request: GrantRequest
  readonly #events: GrantEvents
  #answer: GrantAnswer
  #flying: Promise<GrantAnswer> | undefined
  /** Milliseconds that it had to live when it came. */
  #life = 0
  /** It was revoked by its holder: nothing is opened or renewed with it. */
  #isGivenBack = false
  /** Id of the first grant: sessions belong to the chain that it starts. */
  readonly chain: string

  private constructor(client: GatewayClient, request: GrantRequest, answer: GrantAnswer, events: GrantEvents) {
    this.#client = client
    this.#request = request
    this.#answer = answer
    this.#life = this.expiresAt.getTime() - Date.now()
    this.#events = events
    this.chain = answer.id
  }

  /** Asks for a grant and keeps it alive until `signal` aborts. @throws {HoopError} ACCESS_DENIED, … */
  static async obtain(
    client: GatewayClient,
    request: GrantRequest,
    events: GrantEvents,
    signal: AbortSignal,
  ): Promise<HeldGrant> {
    const held = new HeldGrant(client, request, await client.post<GrantAnswer>('/v1/grants', request), events)
    void held.#keep(signal)
    return held
  }

  get current(): GrantAnswer {
    return this.#answer
  }

  get expiresAt(): Date {
    return new Date(this.#answer.expiresAt)
  }

  /** A grant that is good now: what should have been renewed while the machine slept is renewed first. @throws {HoopError} */
  async token(signal: AbortSignal): Promise<string> {
    const left = this.#isGivenBack ? 0 : this.expiresAt.getTime() - Date.now()
    if (left > (this.#life / 2) * LATE) return this.#answer.grant
    const renewed = this.#renew(signal)
    // One that can't be renewed now is good to its end.
    return (left > 0 ? await renewed.catch(() => this.#answer) : await renewed).grant
  }

  async #keep(signal: AbortSignal): Promise<void> {
    let wait = this.#half()
    while (!signal.aborted) {
      const due = Date.now() + wait
      // By the clock on the wall: a timer stands still while the machine sleeps, and the grant's life doesn't.
      while (!signal.aborted && Date.now() < due)
        await sleep(Math.min(LOOKS, due - Date.now()), undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted) return
      try {
        this.#events.renewed(await this.#renew(signal))
        wait = this.#half()
      } catch (error) {
        if (signal.aborted) return
        this.#events.renewalFailed(asHoopError(error), this.expiresAt)
        if (asHoopError(error).code === 'LOGIN_ENDED') await this.#giveBack()
        wait = Math.min(again, Math.max(1_000, (this.expiresAt.getTime() - Date.now()) / 4))
      }
    }
  }

  #half(): number {
    return Math.max(1_000, (this.expiresAt.getTime() - Date.now()) / 2)
  }

  #renew(signal: AbortSignal): Promise<GrantAnswer> {
    this.#flying ??= this.#ask(signal).finally(() => (this.#flying = undefined))
    return this.#flying
  }

  async #ask(signal: AbortSignal): Promise<GrantAnswer> {
    await this.#client.credentials.renew(signal)
    // A grant that has ended can't be continued: its sessions were ended with it.
    const live = !this.#isGivenBack && this.expiresAt.getTime() > Date.now()
    const request = live ? { ...this.#request, renews: this.#answer.grant } : this.#request
    this.#answer = await this.#client.post<GrantAnswer>('/v1/grants', request)
    this.#life = this.expiresAt.getTime() - Date.now()
    this.#isGivenBack = false
    return this.#answer
  }

  /**
   * The provider has ended the login: its sessions end now, with the reason, and not when the grant lapses. Where the
   * gateway no longer takes the ID token, or can't be reached, they end then.
   */
  async #giveBack(): Promise<void> {
    if (this.#isGivenBack) return
    const reason = 'the identity provider refused to renew the login'
    // Before the answer: whoever connects meanwhile hears of the login, and not of the grant.
    this.#isGivenBack = true
    const order = { grant: this.#answer.id, reason }
    await this.#client
      .post('/v1/sessions/kill', { ...order, refused: true })
      // A gateway of version 0.1 knows no such word.
      .catch(() => this.#client.post('/v1/sessions/kill', order))
      .catch(() => (this.#isGivenBack = false))
  }
}
