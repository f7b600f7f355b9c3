import { HoopError } from '../lib/errors.js'
import type { GrantRecord, GrantRecords } from '../store/grants.js'
import { issueGrant, verifyGrant, type GrantOptions } from './grants.js'
import type { Logouts } from './logouts.js'
import type { SigningKeys } from './keys.js'
import type { Grant, Principal } from './types.js'

export interface GrantServiceOptions {
  /** The gateway's address; grants of another one are refused. */
  readonly gateway: () => string
  readonly keys: () => SigningKeys
  readonly records: GrantRecords
  /** Milliseconds a grant lives; an hour at most. */
  readonly lifetime: () => number
  /** Who is shut out hears that and why, before anything about the grant, which was revoked with them. @throws {HoopError} PERSON_REVOKED */
  readonly admit?: (subject: string) => void
  /** Refuses those whose login has ended, before it is said that their grant was revoked. */
  readonly logins?: Pick<Logouts, 'assert'>
  readonly now?: () => Date
}

interface GrantWish {
  readonly principal: Principal
  readonly connection: string
  readonly reason?: string
  readonly breakGlass?: boolean
  /** The grant that is renewed, as it was issued. */
  readonly renews?: string
}

export interface GrantService {
  /**
   * @throws {HoopError} GRANT_INVALID, GRANT_EXPIRED for `renews`: a live grant of this person, connection and key;
   * STORE_FAILED; what `admit` throws, with the grant revoked, where they were shut out meanwhile
   */
  issue(wish: GrantWish): Promise<{ token: string; grant: Grant }>
  /** @throws {HoopError} GRANT_INVALID, GRANT_EXPIRED, LOGGED_OUT, STORE_FAILED */
  verify(token: string, jkt: string): Promise<Grant>
  /** What is known of a grant by its id. @throws {HoopError} NOT_FOUND, STORE_FAILED */
  find(id: string): Promise<GrantRecord>
  /** Takes back a chain: in force when this is called, kept when it resolves. @throws {HoopError} STORE_FAILED */
  revoke(chain: string): Promise<void>
  /** Whether a chain was taken back in this process's life; before that, `verify` has refused it. */
  isRevoked(chain: string): boolean
}

/** Milliseconds for which a revoked chain is remembered: longer than any grant of it lives. */
const remembered = 2 * 3_600_000

/** Grants with a memory: what was issued is kept, so that a renewal continues its chain and a revoked one opens nothing. */
export const grantService = (options: GrantServiceOptions): GrantService => {
  const { gateway, keys, records, lifetime, admit, logins, now } = options
  const revoked = new Map<string, number>()
  const signing = (): GrantOptions => ({ gateway: gateway(), keys: keys(), ...(now && { now }) })

  const verify = async (token: string, jkt: string): Promise<Grant> => {
    const grant = await verifyGrant(token, jkt, signing())
    admit?.(grant.principal.subject)
    logins?.assert(grant.principal)
    const record = await records.find(grant.id)
    if (!record || record.revoked || revoked.has(grant.chain))
      throw new HoopError('GRANT_INVALID', record ? 'it was revoked' : '')
    return grant
  }

  const chainOf = async ({ renews, principal, connection }: GrantWish): Promise<{ chain?: string }> => {
    if (renews === undefined) return {}
    const before = await verify(renews, principal.jkt)
    if (before.principal.subject !== principal.subject || before.connection !== connection) {
      throw new HoopError('GRANT_INVALID', 'the grant to renew is for another person or connection')
    }
    return { chain: before.chain }
  }

  const revoke = async (chain: string): Promise<void> => {
    const at = now?.() ?? new Date()
    for (const [old, when] of revoked) if (when < at.getTime() - remembered) revoked.delete(old)
    revoked.set(chain, at.getTime())
    await records.revoke(chain, at)
  }

  return {
    async issue(wish) {
      const { principal, connection, reason, breakGlass = false } = wish
      const why = { ...(reason !== undefined && { reason }), ...(breakGlass && { breakGlass }) }
      const order = { principal, connection, lifetime: lifetime(), ...why }
      const issued = await issueGrant({ ...order, ...(await chainOf(wish)) }, signing())
      const { id, chain, expiresAt } = issued.grant
      const { subject, jkt, login } = principal
      const from = login && { login: { ...login, at: new Date(login.at * 1000) } }
      await records.add({ id, chain, subject, connection, jkt, issuedAt: now?.() ?? new Date(), expiresAt, ...from })
      try {
        admit?.(subject)
      } catch (error) {
        // Shut out meanwhile: what was revoked with them didn't have this one yet.
        await revoke(chain)
        throw error
      }
      return issued
    },
    verify,
    find: async (id) => {
      const record = await records.find(id)
      if (!record) throw new HoopError('NOT_FOUND', `grant ${id}`)
      return record
    },
    revoke,
    isRevoked: (chain) => revoked.has(chain),
  }
}
