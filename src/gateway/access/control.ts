import { setTimeout as after } from 'node:timers/promises'
import type { DenyList } from '../../identity/deny-list.js'
import { accountOf } from '../../identity/account.js'
import type { GrantService } from '../../identity/grant-service.js'
import type { Actor, KilledSession, RevocationInfo } from '../../lib/api.js'
import type { Ended } from '../../lib/api/holdings.js'
import { HoopError } from '../../lib/errors.js'
import type { WriteAudit } from './audit-log.js'
import type { SessionName, SessionRegistry } from '../session/registry.js'
import { endAll, type Holdings, type Order } from './holdings.js'

export interface ControlOptions {
  readonly registry: SessionRegistry
  readonly denied: DenyList
  readonly grants: Pick<GrantService, 'revoke'>
  readonly write: WriteAudit
  /** What ends with a person besides their sessions. */
  readonly holdings: Holdings
}

/** Milliseconds after which an answer is given though sessions are still closing. */
const patience = 2_000

/** Ends sessions, and shuts people out. Who may do that is for the caller to say. */
export class Control {
  readonly #options: ControlOptions

  constructor(options: ControlOptions) {
    this.#options = options
  }

  /** Ends live sessions, also those that are being opened. */
  async kill(meant: (session: SessionName) => boolean, order: Order): Promise<KilledSession[]> {
    return this.end(meant, order, new HoopError('SESSION_KILLED', order.reason))
  }

  /** Takes back a chain of grants, and ends its sessions. @throws {HoopError} STORE_FAILED, with the sessions ended */
  async revokeGrant(grant: { id: string; chain: string; subject: string }, order: Order): Promise<KilledSession[]> {
    const kept = this.#options.grants.revoke(grant.chain)
    const { id: target, subject } = grant
    const written = this.#options.write({ act: 'grant.revoke', target, subject, ...order })
    const error = new HoopError('SESSION_KILLED', order.reason)
    const [sessions] = await Promise.all([this.end(({ chain }) => chain === grant.chain, order, error), kept, written])
    return sessions
  }

  /**
   * Shuts somebody out: from now on nothing new of theirs begins, and what goes on ends.
   * @throws {HoopError} STORE_FAILED: they are out even so, until the gateway is started anew
   */
  async revoke(
    subject: string,
    order: Order,
    until?: Date,
  ): Promise<{ revoked: RevocationInfo; sessions: KilledSession[]; ended: Ended }> {
    const at = new Date()
    const kept = this.#options.denied.revoke({
      ...{ subject, ...order, at: at.getTime() },
      ...(until && { until: until.getTime() }),
    })
    // What stood before may end later than what was asked for.
    const stands = this.#options.denied.find(subject) ?? { ...order, ...(until && { until: until.getTime() }) }
    const after = stands.until === undefined ? undefined : { until: new Date(stands.until).toISOString() }
    const revoked = { by: stands.by, reason: stands.reason, at: at.toISOString(), ...after }
    const written = this.#options.write({ act: 'person.revoke', target: subject, subject, ...order, after })
    const error = new HoopError('SESSION_KILLED', `your access was revoked: ${order.reason}`, {
      hint: 'Ask an administrator of the gateway.',
    })
    const [sessions, held] = await Promise.all([
      this.end((session) => session.subject === subject || session.owner?.subject === subject, order, error),
      endAll(this.#options.holdings, subject, order),
      kept,
      written,
    ])
    return { revoked, sessions, ended: { sessions: sessions.length, ...held } }
  }

  /** Lets somebody in again. @throws {HoopError} NOT_FOUND where they are not shut out; STORE_FAILED */
  async restore(subject: string, by: Actor): Promise<void> {
    await this.#options.denied.restore(subject, by)
    await this.#options.write({ act: 'person.restore', target: subject, subject, by })
  }

  /** Ends live sessions, also those that are being opened, with an error of the caller's. */
  async end(meant: (session: SessionName) => boolean, { by, reason }: Order, error: HoopError) {
    const ended = new Set<string>()
    const live = this.#options.registry.end(meant, { error, end: 'killed', by })
    const written = Promise.all(
      live.map((session) =>
        this.#options.write({ act: 'session.kill', target: session.id, subject: accountOf(session), by, reason }),
      ),
    )
    // A failure is told below, when it is known how the sessions ended.
    written.catch(() => undefined)
    const done = Promise.all(live.map(({ id, finished }) => finished.then(() => ended.add(id))))
    const waiting = new AbortController()
    await Promise.race([done, after(patience, undefined, { signal: waiting.signal }).catch(() => undefined)])
    waiting.abort()
    await written
    return live.map(({ id, subject, name, owner, connection }): KilledSession => ({
      ...{ id, subject, name, connection },
      ...(owner && { owner }),
      ended: ended.has(id),
    }))
  }
}
