import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { DenyList } from '../../../../identity/deny-list.js'
import { Owners } from '../../../../identity/service-tokens/owners.js'
import { ServiceTokens } from '../../../../identity/service-tokens/token-kind.js'
import { TokenList } from '../../../../identity/service-tokens/token-list.js'
import type { Tables } from '../../../../store/schema.js'
import { ownersSince } from '../../../../store/tokens/service-tokens.js'
import { within } from '../../admission/network.js'

/** The service tokens of a gateway that starts. */
export interface OpenTokens {
  readonly list: TokenList
  readonly owners: Owners
  readonly kind: ServiceTokens
}

/** @throws {HoopError} STORE_FAILED */
export const openTokens = async (
  db: Kysely<Tables>,
  denied: Pick<DenyList, 'find'>,
  log: Logger,
): Promise<OpenTokens> => {
  const list = await TokenList.open({
    db,
    failed: (err) => log.error({ err }, 'when a service token was used last was not written'),
  })
  const owners = new Owners(await ownersSince(db, Date.now()))
  const kind = new ServiceTokens({
    ...{ list, owners, denied },
    within: (networks, address) => within(networks)(address),
  })
  return { list, owners, kind }
}
