import type { DenyList } from '../../identity/deny-list.js'
import type { GrantService } from '../../identity/grant-service.js'
import { HoopError } from '../../lib/errors.js'
import type { Ending, SessionName } from '../session/registry.js'

/** Why a session may not begin though its grant was good a moment ago. */
export const shutOut =
  (denied: Pick<DenyList, 'find'>, grants: Pick<GrantService, 'isRevoked'>) =>
  ({ subject, chain }: SessionName): Ending | undefined => {
    const found = denied.find(subject)
    if (found) return { error: new HoopError('PERSON_REVOKED', found.reason), end: 'killed', by: found.by }
    if (grants.isRevoked(chain)) return { error: new HoopError('GRANT_INVALID', 'it was revoked'), end: 'killed' }
    return undefined
  }
