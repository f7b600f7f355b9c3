import limit from 'p-limit'
import type { Logger } from 'pino'
import type { Webhooks } from '../webhooks/webhooks.js'
import { type DirectLogin, placeOf, readDirectLogins } from './direct-logins.js'
import type { UpstreamTarget } from './target.js'

/** Between two looks, milliseconds: a look is a login of the gateway's own. */
const EVERY = 60_000

/** Connections that are looked at side by side. */
const AT_ONCE = 2

export interface Watched {
  readonly connection: string
  readonly target: UpstreamTarget
  readonly database: string
}

export interface LoginWatchOptions {
  /** Those that can be used now. */
  readonly connections: () => readonly Watched[]
  /** Addresses and networks of other gateways. */
  readonly addresses: readonly string[]
  readonly log: Logger
  readonly webhooks: Pick<Webhooks, 'emit'>
  readonly every?: number
}

const keyOf = ({ pid, since }: DirectLogin): string => `${pid} ${+since}`

/** Looks, again and again, who is logged in with the gateway's own user and goes around it. */
export class LoginWatch implements Disposable {
  readonly #options: LoginWatchOptions
  /** By connection, as of its last look; those whose last look failed are missing. */
  #found = new Map<string, number>()
  /** What was said, by connection and user: a login is said once. */
  readonly #said = new Map<string, ReadonlySet<string>>()
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(options: LoginWatchOptions) {
    this.#options = options
    void this.#again()
  }

  /** How many, for each connection that could be looked at. */
  get counts(): readonly { readonly connection: string; readonly count: number }[] {
    return [...this.#found].map(([connection, count]) => ({ connection, count }))
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  async #again(): Promise<void> {
    const turns = limit(AT_ONCE)
    // A role sees its own sessions, by whichever secret it logs in.
    const roles = Map.groupBy(this.#options.connections(), ({ connection, target }) => `${connection} ${target.user}`)
    const looks = [...roles.values()].map((logins) => turns(() => this.#look(logins)))
    const found = (await Promise.all(looks)).filter((each) => each !== undefined)
    if (this.#isOver) return
    this.#found = new Map()
    for (const [connection, count] of found) this.#found.set(connection, (this.#found.get(connection) ?? 0) + count)
    this.#timer = setTimeout(() => void this.#again(), this.#options.every ?? EVERY).unref()
  }

  /** By the first of a role's logins that can be made. */
  async #look([first, ...others]: readonly Watched[]): Promise<[string, number] | undefined> {
    return first && ((await this.#lookBy(first)) ?? this.#look(others))
  }

  async #lookBy({ connection, target, database }: Watched): Promise<[string, number] | undefined> {
    const { addresses, log } = this.#options
    try {
      const { logins, count } = await readDirectLogins(target, database, addresses)
      if (!this.#isOver) this.#tell(connection, target.user, logins)
      return [connection, count]
    } catch (err) {
      // What is wrong with the connection itself, its quarantine says.
      log.debug({ err, connection }, 'who goes around the gateway could not be seen')
      return undefined
    }
  }

  #tell(connection: string, user: string, logins: readonly DirectLogin[]): void {
    const { log, webhooks } = this.#options
    const key = `${connection} ${user}`
    const known = this.#said.get(key)
    const news = logins.filter((login) => !known?.has(keyOf(login)))
    this.#said.set(key, new Set(logins.map(keyOf)))
    for (const { since, ...login } of news)
      log.warn({ connection, ...login, since: since.toISOString() }, 'somebody is logged in directly, past the gateway')
    const [first] = news
    if (!first) return
    const many = news.length === 1 ? '' : `, and ${news.length - 1} more`
    webhooks.emit({
      event: 'alert',
      text: `Somebody is logged in to the database of ${connection} with the gateway’s own user, past the gateway: from ${placeOf(first)}${many}.`,
      fields: { connection, state: 'bypassed', from: [...new Set(news.map(placeOf))].slice(0, 10).join('; ') },
    })
  }
}
