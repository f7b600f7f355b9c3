import type { Transaction } from 'kysely'
import type { Actor } from '../../../lib/api.js'
import type { ActName } from '../../../lib/api/acts.js'
import type { ServiceTokenRecord } from '../../../store/tokens/service-tokens.js'
import type { Tables } from '../../../store/schema.js'
import type { WriteAudit } from '../audit-log.js'

/** What a token is good for, as far as an act says it. Never a secret, nor its hash. */
const termsOf = ({ name, scope, networks, jkt, expiresAt, secret, old, revoked }: ServiceTokenRecord) => ({
  ...{ name, connections: scope, networks, secret },
  ...(jkt !== undefined && { boundTo: jkt }),
  expiresAt: new Date(expiresAt).toISOString(),
  ...(old && { oldSecretUntil: new Date(old.until).toISOString() }),
  ...(revoked && { revoked: true }),
})

/** Writes down what is done to a token, in the transaction that does it. */
export const actOn =
  (write: WriteAudit, act: Extract<ActName, `token.${string}`>, by: Actor, reason?: string) =>
  (
    before: ServiceTokenRecord | undefined,
    after: ServiceTokenRecord,
    transaction: Transaction<Tables>,
  ): Promise<void> =>
    write(
      {
        ...{ act, by, target: after.id, subject: after.owner.subject, after: termsOf(after) },
        ...(before && { before: termsOf(before) }),
        ...(reason !== undefined && { reason }),
      },
      transaction,
    )
