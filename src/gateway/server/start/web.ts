import type { Identity } from '../../../identity/principal.js'
import { WebSignIn } from '../../../identity/web/sign-in.js'
import type { Configuration } from './configuration.js'

/** Where the identity provider sends browsers back to. */
export const redirectUri = (url: string): string => `${url.replace(/\/$/, '')}/approvals/callback`

/** Signing in by a browser, as the configuration in force has it. */
export const webSignIn = (
  configuration: Configuration,
  url: () => string,
  verify: (token: string, clientId: string) => Promise<Identity>,
): WebSignIn =>
  new WebSignIn({
    settings: () => {
      const { issuer, scopes, web } = configuration.current.config.identity
      return web && { issuer, scopes, clientId: web.client_id, life: web.session }
    },
    secret: async () => {
      const { config, secret } = configuration.current
      const spec = config.identity.web?.client_secret
      return spec && (await secret(spec).read())
    },
    redirectUri: () => redirectUri(url()),
    verify,
  })
