import { createHash, randomBytes } from 'node:crypto'
import type { Identity } from '../principal.js'

/** Somebody who has signed in by a browser. It is good for seeing requests and deciding on them, and for nothing else. */
export interface WebSession {
  /** As the provider named them at that sign-in, groups too. */
  readonly person: Identity
  /** What forms of this session have to carry. */
  readonly formToken: string
  /** At which provider, as which client: another configuration knows no session of this one. */
  readonly client: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** Sessions in all, and of one person: of more the oldest end. */
const most = 10_000
const mostOfOne = 10

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** Sign-ins by browsers: in memory, by a hash of what the cookie holds. A restart ends them. */
export class WebSessions {
  readonly #sessions = new Map<string, WebSession>()

  /** @returns what the cookie holds */
  open(session: Omit<WebSession, 'formToken'>, now = Date.now()): string {
    for (const [hash, { expiresAt }] of this.#sessions) if (expiresAt <= now) this.#sessions.delete(hash)
    const theirs = this.#of(session.person.subject)
    for (const hash of theirs.slice(0, Math.max(0, theirs.length - mostOfOne + 1))) this.#sessions.delete(hash)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size >= most && oldest !== undefined) this.#sessions.delete(oldest)
    const secret = randomBytes(32).toString('base64url')
    this.#sessions.set(hashOf(secret), { ...session, formToken: randomBytes(32).toString('base64url') })
    return secret
  }

  find(secret: string, client: string, now = Date.now()): WebSession | undefined {
    const found = this.#sessions.get(hashOf(secret))
    return found && found.client === client && found.expiresAt > now ? found : undefined
  }

  end(secret: string): void {
    this.#sessions.delete(hashOf(secret))
  }

  /** @returns how many there were */
  endOf(subject: string): number {
    const theirs = this.#of(subject)
    for (const hash of theirs) this.#sessions.delete(hash)
    return theirs.length
  }

  /** Oldest first. */
  #of(subject: string): string[] {
    return [...this.#sessions].filter(([, { person }]) => person.subject === subject).map(([hash]) => hash)
  }
}
