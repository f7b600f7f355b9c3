import type { Principal } from '../../../identity/types.js'
import { rolesOf } from '../../access/access.js'
import type { HttpDeps } from './deps.js'

/**
 * Whose recordings somebody may see: people their own and those of their service tokens, auditors and admins everybody's.
 * What one may not see isn't there.
 */
export const visibleTo = (
  { config }: Pick<HttpDeps, 'config'>,
  { subject, groups }: Pick<Principal, 'subject' | 'groups'>,
): { readonly subject?: string } => (rolesOf(config(), { groups }).length > 0 ? {} : { subject })
