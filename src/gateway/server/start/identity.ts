import { type Authenticator, createAuthenticator, type TokenKind } from '../../../identity/authenticator.js'
import type { GrantService } from '../../../identity/grant-service.js'
import { isGrant } from '../../../identity/grants.js'
import { verifyIdToken } from '../../../identity/id-token.js'
import { IdpKeys } from '../../../identity/idp-keys.js'
import { verifyLogoutToken } from '../../../identity/logout-token.js'
import { ReplayGuard } from '../../../identity/replay.js'
import type { IdentityConfig } from '../../../policy/config/schema.js'
import type { Logout } from '../../../store/logouts.js'

export interface IdentityOptions {
  /** The configuration in force now. */
  readonly config: () => IdentityConfig
  readonly grants: Pick<GrantService, 'verify'>
  readonly gateway: () => string
  readonly isOwnHost: (host: string) => boolean
}

export interface Identity extends Authenticator {
  /** Whether people can log in. @throws {HoopError} IDP_UNREACHABLE */
  ready(): Promise<unknown>
  /** Checks a logout token, all but whether it was used before. @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, IDP_UNREACHABLE */
  logout(token: string): Promise<Logout>
}

/** ID tokens of the issuer that the configuration names now; another issuer has other keys. */
const idTokens = (config: () => IdentityConfig, keysOf: () => IdpKeys): TokenKind => ({
  recognizes: (token) => !isGrant(token),
  verify: (token) => {
    const { issuer, client_id, audience, groups_claim, name_claim } = config()
    return verifyIdToken(token, keysOf(), {
      issuer,
      clientId: client_id,
      audience,
      claims: { groups: groups_claim, name: name_claim },
    })
  },
})

export const createIdentity = ({ config, grants, ...rest }: IdentityOptions): Identity => {
  let known: { readonly issuer: string; readonly keys: IdpKeys } | undefined
  const keysOf = (): IdpKeys => {
    const { issuer } = config()
    if (known?.issuer !== issuer) known = { issuer, keys: new IdpKeys({ issuer }) }
    return known.keys
  }
  const authenticator = createAuthenticator({
    ...rest,
    tokens: [idTokens(config, keysOf)],
    verifyGrant: (token, jkt) => grants.verify(token, jkt),
    replay: new ReplayGuard(),
  })
  return {
    ...authenticator,
    ready: () => keysOf().current(),
    logout: (token) => {
      const { issuer, client_id } = config()
      return verifyLogoutToken(token, keysOf(), { issuer, clientIds: [client_id] })
    },
  }
}
