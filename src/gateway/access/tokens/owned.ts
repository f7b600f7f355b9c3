import type { TokenList } from '../../../identity/service-tokens/token-list.js'
import type { WriteAudit } from '../audit-log.js'
import type { Holdings } from '../holdings.js'
import { actOn } from './token-act.js'

/**
 * Ends the tokens that somebody owns, when they are shut out. Their sessions end with their owner's.
 * @throws {HoopError} STORE_FAILED: they are revoked even so, until the gateway is started anew
 */
export const ownedTokens =
  (list: TokenList, write: WriteAudit): Holdings['tokens'] =>
  async (owner, { by, reason }) => {
    const owned = list.all().filter((one) => one.owner.subject === owner && list.isGood(one))
    const because = `its owner was shut out: ${reason}`
    await Promise.all(owned.map(({ id }) => list.revoke(id, by, because, actOn(write, 'token.revoke', by, because))))
    return owned.length
  }
