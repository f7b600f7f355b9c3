import { HoopError } from '../../lib/errors.js'

/** Sessions that one connection takes, in all and of one person. */
export interface ConnectionLimits {
  readonly sessions?: number | undefined
  readonly per_person?: number | undefined
}

/** Who wants to begin a session, and on what. */
export interface QuotaRequest {
  readonly subject: string
  readonly connection: string
  readonly limits?: ConnectionLimits | undefined
}

export interface QuotaLimits {
  /** Live sessions of the gateway. */
  readonly sessions: number
  /** Of one person. */
  readonly sessions_per_person: number
}

const tooMany = (about: string, setting: string): HoopError =>
  new HoopError('SESSIONS_LIMIT', about, { detail: `The limit is ${setting}.` })

/** Counts sessions that are open or being opened against the limits in force. */
export class SessionQuota {
  readonly #taken = new Map<string, number>()
  readonly #limits: () => QuotaLimits

  constructor(limits: () => QuotaLimits) {
    this.#limits = limits
  }

  /**
   * Room for one more; give it back when the session has ended or didn't come about.
   * @throws {HoopError} GATEWAY_FULL, SESSIONS_LIMIT
   */
  take({ subject, connection, limits }: QuotaRequest): Disposable {
    const { sessions, sessions_per_person } = this.#limits()
    // Names of connections hold no blanks.
    const counts = [
      'gateway',
      `person ${subject}`,
      `connection ${connection}`,
      `both ${connection} ${subject}`,
    ] as const
    const over = (i: 0 | 1 | 2 | 3, limit: number | undefined): boolean =>
      limit !== undefined && (this.#taken.get(counts[i]) ?? 0) >= limit
    if (over(0, sessions)) throw new HoopError('GATEWAY_FULL', `${sessions} sessions`)
    if (over(1, sessions_per_person))
      throw tooMany(`you have ${sessions_per_person} here`, 'gateway.limits.sessions_per_person')
    if (over(2, limits?.sessions))
      throw tooMany(`${connection} takes ${limits?.sessions}`, `connections.${connection}.limits.sessions`)
    if (over(3, limits?.per_person))
      throw tooMany(
        `you have ${limits?.per_person} on ${connection}`,
        `connections.${connection}.limits.sessions_per_person`,
      )
    for (const key of counts) this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1)
    let given = false
    return {
      [Symbol.dispose]: () => {
        if (given) return
        given = true
        for (const key of counts) this.#give(key)
      },
    }
  }

  #give(key: string): void {
    const left = (this.#taken.get(key) ?? 0) - 1
    if (left > 0) this.#taken.set(key, left)
    else this.#taken.delete(key)
  }
}
