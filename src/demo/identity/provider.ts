import { randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import { Provider, type Configuration, type JWKS } from 'oidc-provider'
import type { Account } from './accounts.js'
import { confirmCode, done, enterCode, failed, signOut } from './pages.js'
import type { Storage } from './storage.js'

export interface Backchannel {
  readonly uri: string
  /** Whether ID and logout tokens name the provider's session by `sid`. */
  readonly session: boolean
  /** Reaches the address, where that takes a CA of its own. */
  readonly fetch?: typeof fetch
}

/** A client whose people sign in by a browser. */
export interface WebClient {
  readonly clientId: string
  readonly redirectUri: string
  /** Of a confidential one. */
  readonly secret?: string
}

export interface ProviderSettings {
  readonly issuer: string
  readonly clientId: string
  /** Looked up anew each time, so that an account can be disabled. */
  readonly account: (id: string) => Account | undefined
  readonly storage: Storage
  /** The first signs. */
  readonly keys: readonly JWK[]
  /** Seconds */
  /** Seconds that a client waits between two looks whether its code was entered. */
  readonly interval: number
  /** Where logouts are told, and whether for the one session or for all of the person's. */
  readonly backchannel?: Backchannel | undefined
  readonly web: readonly WebClient[]
  readonly lifetimes: { readonly idToken: number; readonly deviceCode: number; readonly refreshToken: number }
}

const claims = ({ id, name, email, groups }: Account) => ({
  sub: id,
  name,
  preferred_username: id,
  email,
  email_verified: true,
  groups: [...groups],
})

const told = (backchannel: Backchannel | undefined) =>
  backchannel && {
    backchannel_logout_uri: backchannel.uri,
    backchannel_logout_session_required: backchannel.session,
  }

const webClient = ({ clientId, redirectUri, secret }: WebClient, backchannel: Backchannel | undefined) => ({
  ...{ client_id: clientId, client_name: 'hoop approvals', grant_types: ['authorization_code'] },
  ...{ response_types: ['code' as const], redirect_uris: [redirectUri], ...told(backchannel) },
  ...(secret === undefined ? { token_endpoint_auth_method: 'none' as const } : { client_secret: secret }),
})

/** Every default that oidc-provider would comment on at the terminal is given here. */
const configure = ({
  clientId,
  account,
  storage,
  keys,
  lifetimes,
  backchannel,
  web,
}: ProviderSettings): Configuration => ({
  adapter: storage.adapter,
  clients: [
    {
      client_id: clientId,
      client_name: 'hoop',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      response_types: [],
      redirect_uris: [],
      ...told(backchannel),
    },
    ...web.map((client) => webClient(client, backchannel)),
  ],
  ...(backchannel?.fetch && { fetch: backchannel.fetch }),
  jwks: { keys: [...keys] as unknown as JWKS['keys'] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  claims: {
    // With or without a scope of their own, as providers differ on that.
    openid: ['sub', 'groups'],
    groups: ['groups'],
    profile: ['name', 'preferred_username'],
    email: ['email', 'email_verified'],
  },
  // The gateway reads the person from the ID token alone, as it comes from most providers.
  conformIdTokenClaims: false,
  findAccount: async (_ctx, id) => {
    const found = account(id)
    return found && { accountId: id, claims: async () => claims(found) }
  },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  rotateRefreshToken: true,
  clientBasedCORS: () => false,
  renderError: (ctx, out) => {
    ctx.type = 'html'
    ctx.body = failed(out.error_description ?? out.error)
  },
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => void (ctx.body = signOut(form)) },
    revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: (ctx, form, _out, error) => void (ctx.body = enterCode(form, error !== undefined)),
      userCodeConfirmSource: (ctx, form, _client, _device, code) => void (ctx.body = confirmCode(form, code)),
      successSource: (ctx) => void (ctx.body = done()),
    },
  },
  ttl: {
    AccessToken: () => 300,
    IdToken: () => lifetimes.idToken,
    DeviceCode: () => lifetimes.deviceCode,
    RefreshToken: () => lifetimes.refreshToken,
    Interaction: () => 600,
    Session: () => 3600,
    Grant: () => lifetimes.refreshToken,
  },
})

/** A real OpenID provider with one public client that may use the device flow and refresh. */
export const makeProvider = (settings: ProviderSettings): Provider => {
  const provider = new Provider(settings.issuer, configure(settings))
  provider.use(async (ctx, next) => {
    await next()
    // oidc-provider leaves the polling interval out, and clients then wait for 5 s (RFC 8628, section 3.2).
    if (ctx.path === '/device/auth' && ctx.status === 200) {
      Object.assign(ctx.body as object, { interval: settings.interval })
    }
  })
  return provider
}
