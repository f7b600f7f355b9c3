import { HoopError } from '../../../lib/errors.js'
import type { Rate, RatesConfig } from '../../../policy/config/sections/rates.js'
import { Buckets } from './buckets.js'
import { neighborhoodOf } from './network.js'

export type Limited = keyof RatesConfig
type Whose = keyof RatesConfig[Limited]

/** More was asked for than the rate allows. */
export class RateLimited extends HoopError {
  /** Whole seconds after which there is room again (RFC 9110, section 10.2.3). */
  readonly retryAfter: number

  constructor(what: Limited, whose: Whose, rate: Rate, wait: number) {
    const seconds = Math.max(1, Math.ceil(wait / 1000))
    super('RATE_LIMITED', `${words[what]} ${whose === 'per_person' ? 'of one person' : 'from one address'}`, {
      detail: `The limit is ${rate.count} in ${lengths[rate.per] ?? `${rate.per} ms`} (gateway.limits.rates.${what}.${whose}).`,
      hint: `Try again in ${seconds} s.`,
    })
    this.retryAfter = seconds
  }
}

const words: Readonly<Record<Limited, string>> = {
  login: 'logins and requests',
  grants: 'requests for grants',
  tunnels: 'connections',
}
const lengths: Readonly<Record<number, string>> = { 1000: 'a second', 60_000: 'a minute', 3_600_000: 'an hour' }

interface Counted {
  readonly rate: Rate
  readonly buckets: Buckets
}

/** How often people and addresses may log in, ask for grants and open streams. Kept in memory, within bounds. */
export class RateLimits {
  readonly #counted = new Map<string, Counted>()

  /** @param now milliseconds of a clock that only goes forward */
  constructor(rates: RatesConfig, now: () => number = () => performance.now()) {
    for (const [what, each] of Object.entries(rates))
      for (const [whose, rate] of Object.entries(each))
        if (rate) this.#counted.set(`${what} ${whose}`, { rate, buckets: new Buckets(rate, now) })
  }

  /** Counts a request of an address. @throws {RateLimited} */
  address(what: Limited, address: string | undefined): void {
    this.#ask(what, 'per_address', neighborhoodOf(address), (buckets, name) => buckets.take(name))
  }

  /** Counts a request of somebody who has proved to be who they are. @throws {RateLimited} */
  person(what: Limited, subject: string): void {
    this.#ask(what, 'per_person', subject, (buckets, name) => buckets.take(name))
  }

  /**
   * Lets an address prove who it speaks for; only failures count, so that many people can share one address.
   * @throws {RateLimited} before anything is checked, and whatever `prove` throws
   */
  async login<T>(address: string | undefined, prove: () => Promise<T>): Promise<T> {
    this.#ask('login', 'per_address', neighborhoodOf(address), (buckets, name) => buckets.wait(name))
    try {
      return await prove()
    } catch (error) {
      if (error instanceof HoopError && error.http === 401)
        this.#counted.get('login per_address')?.buckets.take(neighborhoodOf(address))
      throw error
    }
  }

  #ask(what: Limited, whose: Whose, name: string, wait: (buckets: Buckets, name: string) => number): void {
    const counted = this.#counted.get(`${what} ${whose}`)
    const left = counted ? wait(counted.buckets, name) : 0
    if (counted && left > 0) throw new RateLimited(what, whose, counted.rate, left)
  }
}
