import { WebSignIn } from '../../../../identity/web/sign-in.js'
import type { WebDeps } from '../../http/web-deps.js'
import type { Configuration } from '../configuration/configuration.js'
import type { Identity } from './identity.js'

/** Where the identity provider sends browsers back to. */
export const redirectUri = (url: string): string => `${url.replace(/\/$/, '')}/approvals/callback`

export interface WebOptions extends Pick<WebDeps, 'sessions' | 'admit'> {
  readonly configuration: Configuration
  readonly identity: Pick<Identity, 'web'>
  readonly url: () => string
}

/** Signing in by a browser, as the configuration in force has it. */
export const webDeps = ({ configuration, identity, url, ...rest }: WebOptions): WebDeps => ({
  ...rest,
  signIn: new WebSignIn({
    settings: () => {
      const { issuer, scopes, web, client_id: mainClientId } = configuration.current.config.identity
      return web && { issuer, scopes, mainClientId, clientId: web.client_id, life: web.session }
    },
    secret: async () => {
      const { current } = configuration
      const spec = current.config.identity.web?.client_secret
      return spec && (await current.secret(spec).read())
    },
    redirectUri: () => redirectUri(url()),
    verify: (token, clientId) => identity.web(token, clientId),
  }),
})
