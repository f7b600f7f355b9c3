import { type Authenticator, createAuthenticator, type TokenKind } from '../../../../identity/authenticator.js'
import type { SignedRequest } from '../../../../identity/authenticator.js'
import type { GrantService } from '../../../../identity/grant-service.js'
import { isGrant } from '../../../../identity/grants.js'
import { verifyIdToken, type VerifiedToken } from '../../../../identity/provider/id-token.js'
import { IdpKeys } from '../../../../identity/provider/idp-keys.js'
import type { SigningKeys } from '../../../../identity/keys.js'
import { verifyLogoutToken } from '../../../../identity/provider/logout-token.js'
import { TokenOwners } from '../../../../identity/presented.js'
import { lastingReplayGuard, ReplayGuard } from '../../../../identity/replay.js'
import type { Exchanged } from '../../../../identity/workloads/exchange.js'
import type { IdentityConfig } from '../../../../policy/config/schema.js'
import { presentedTokens } from '../../../../store/tokens/presented.js'
import type { Logout } from '../../../../store/people/logouts.js'
import type { Store } from '../../../../store/open.js'
import { usedProofs } from '../../../../store/tokens/used-proofs.js'
import { createWorkloads, strangeKeyAlert, type WorkloadsOptions } from './workloads.js'
import type { GatewayMetrics } from '../../../metrics/gateway-metrics.js'
import type { Webhooks } from '../../../webhooks/webhooks.js'

export interface IdentityOptions extends Pick<WorkloadsOptions, 'config' | 'gateway' | 'log'> {
  readonly grants: Pick<GrantService, 'verify'>
  /** Kinds of tokens beside those of the issuer; asked first. */
  readonly tokens: readonly TokenKind[]
  readonly gateway: () => string
  readonly signingKeys: () => SigningKeys
  readonly store: Pick<Store, 'db'>
  readonly metrics: Pick<GatewayMetrics, 'exchanges' | 'strangeKeys'>
  readonly webhooks: Pick<Webhooks, 'emit'>
  readonly isOwnHost: (host: string) => boolean
}

/** A token of a platform, as it came to be exchanged. */
export interface TokenRequest {
  readonly token: string
  readonly audience: string | undefined
}

export interface Identity extends Authenticator {
  /** A gateway token for a workload. @throws {HoopError} PROOF_*, CLOCK_SKEW, and as exchangeToken */
  exchange(wanted: TokenRequest, request: SignedRequest): Promise<Exchanged>
  /** Whether people can log in. @throws {HoopError} IDP_UNREACHABLE */
  ready(): Promise<unknown>
  /** Who an ID token names that the web client was given. @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, IDP_UNREACHABLE */
  web(token: string, clientId: string): Promise<VerifiedToken['identity']>
  /** Checks a logout token, all but whether it was used before. @throws {HoopError} TOKEN_INVALID, TOKEN_EXPIRED, IDP_UNREACHABLE */
  logout(token: string): Promise<Logout>
}

/** ID tokens of the issuer that the configuration names now; another issuer has other keys. */
const idTokens = (config: () => IdentityConfig, keysOf: () => IdpKeys, owners: TokenOwners): TokenKind => ({
  recognizes: (token) => !isGrant(token),
  verify: async (token) => {
    const { issuer, client_id, audience, groups_claim, name_claim } = config()
    const verified = await verifyIdToken(token, keysOf(), {
      issuer,
      clientId: client_id,
      audience,
      claims: { groups: groups_claim, name: name_claim },
    })
    const { identity, expiresAt = 0 } = verified
    return { ...verified, present: (jkt) => owners.claim(token, identity, jkt, expiresAt) }
  },
})

export const createIdentity = (options: IdentityOptions): Identity => {
  const { config, grants, store, log, metrics, gateway, signingKeys } = options
  const strange = strangeKeyAlert(log, metrics, options.webhooks)
  const owners = new TokenOwners({ store: presentedTokens(store.db), strange })
  const workloads = createWorkloads({ config, gateway, keys: signingKeys, owners, metrics, log })
  let known: { readonly issuer: string; readonly keys: IdpKeys } | undefined
  const keysOf = (): IdpKeys => {
    const { issuer } = config()
    if (known?.issuer !== issuer) known = { issuer, keys: new IdpKeys({ issuer }) }
    return known.keys
  }
  const authenticator = createAuthenticator({
    gateway,
    isOwnHost: options.isOwnHost,
    tokens: [...options.tokens, workloads.tokens, idTokens(config, keysOf, owners)],
    verifyGrant: (token, jkt) => grants.verify(token, jkt),
    replay: lastingReplayGuard(new ReplayGuard(), usedProofs(store.db)),
  })
  return {
    ...authenticator,
    exchange: async (wanted, request) => workloads.exchange({ ...wanted, ...(await authenticator.key(request)) }),
    web: async (token, clientId) => {
      const { issuer, groups_claim, name_claim } = config()
      const claims = { groups: groups_claim, name: name_claim }
      return (await verifyIdToken(token, keysOf(), { issuer, clientId, claims })).identity
    },
    ready: () => keysOf().current(),
    logout: (token) => {
      const { issuer, client_id, web } = config()
      return verifyLogoutToken(token, keysOf(), { issuer, clientIds: [client_id, ...(web ? [web.client_id] : [])] })
    },
  }
}
