import { isReserved } from '../../../identity/account.js'
import type { DenyList } from '../../../identity/deny-list.js'
import type { KnownOwner } from '../../../identity/service-tokens/owners.js'
import type { Actor } from '../../../lib/api.js'
import type { CreateTokenRequest, TokenScope } from '../../../lib/api/service-tokens.js'
import { HoopError } from '../../../lib/errors.js'
import { newServiceToken, newTokenId, tokenHash } from '../../../lib/service-token.js'
import type { ServiceTokenRecord } from '../../../store/tokens/service-tokens.js'
import { accessOf } from '../access.js'
import type { AccessView } from '../view.js'

export interface TokenRules {
  readonly view: AccessView
  readonly denied: Pick<DenyList, 'find'>
  /** Milliseconds that a token may live at most. */
  readonly longest: number
}

/**
 * A token that its owner may have: for no more than they may use now, and for no longer than is allowed.
 * @throws {HoopError} ACCESS_DENIED, REQUEST_INVALID, TOKEN_LIFETIME
 */
export const newToken = (
  { view, denied, longest }: TokenRules,
  { name, connections, ttl, networks = [], boundTo }: CreateTokenRequest,
  owner: KnownOwner,
  by: Actor,
): { readonly text: string; readonly record: ServiceTokenRecord } => {
  if (isReserved(owner.subject) || denied.find(owner.subject))
    throw new HoopError('ACCESS_DENIED', `${owner.name} may own no service tokens`, {
      hint: 'A service token belongs to a person who may use the gateway.',
    })
  if (ttl > longest)
    throw new HoopError('TOKEN_LIFETIME', `${inWords(longest)} at most`, {
      detail: 'The limit is identity.tokens.longest.',
    })
  const id = newTokenId()
  const text = newServiceToken(id)
  const now = Date.now()
  const record: ServiceTokenRecord = {
    ...{ id, name, owner: { subject: owner.subject, name: owner.name } },
    scope: scopeOf(view, owner, connections),
    networks: [...new Set(networks)],
    ...(boundTo !== undefined && { jkt: boundTo }),
    ...{ hash: tokenHash(text), secret: 1, createdAt: now, createdBy: by, expiresAt: now + ttl },
  }
  return { text, record }
}

/** Each connection with the policy that its owner is given there now: another one could be more, so it is refused. */
const scopeOf = (view: AccessView, owner: KnownOwner, wanted: CreateTokenRequest['connections']): TokenScope[] => {
  const scope = wanted.map(({ connection, policy }): TokenScope => {
    const given = accessOf(view, owner, connection)?.policy
    if (given === undefined)
      throw new HoopError('ACCESS_DENIED', `${owner.name} may not use connection ${connection}`, {
        hint: 'A service token opens what its owner may use. hoop connections shows what you may use.',
      })
    if (policy !== undefined && policy !== given)
      throw new HoopError('ACCESS_DENIED', `${owner.name} is given no policy ${policy} on ${connection}`, {
        hint: `There it is ${given}: name that, or leave --policy out.`,
      })
    return { connection, policy: given }
  })
  if (new Set(scope.map(({ connection }) => connection)).size < scope.length)
    throw new HoopError('REQUEST_INVALID', 'a connection is named twice', { hint: 'Name each connection once.' })
  return scope
}

const day = 86_400_000

const inWords = (time: number): string =>
  time % day === 0 ? `${time / day} days` : `${Math.round(time / 36_000) / 100} hours`
