import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  type Configuration,
  discovery,
  None,
} from 'openid-client'
import { HoopError } from '../../lib/errors.js'
import { clockTolerance as seconds } from '../clock.js'

export interface WebClient {
  readonly issuer: string
  readonly clientId: string
  /** Undefined for a public client. */
  readonly secret: string | undefined
}

/** Seconds for one request to the provider. */
const timeout = 10

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** RFC 8414, section 2: what is left out means client_secret_basic. */
const authentication = (secret: string | undefined, methods: readonly string[] = ['client_secret_basic']) => {
  if (secret === undefined) return None()
  return methods.includes('client_secret_basic') ? ClientSecretBasic(secret) : ClientSecretPost(secret)
}

/**
 * The provider as this client sees it.
 * @throws {HoopError} IDP_UNREACHABLE
 * @see OpenID Connect Discovery 1.0, section 4
 */
export const discover = async ({ issuer, clientId, secret }: WebClient): Promise<Configuration> => {
  const url = new URL(issuer)
  const isPlain = url.protocol === 'http:'
  if (isPlain && !loopback.test(url.hostname)) throw new HoopError('IDP_UNREACHABLE', `${issuer} does not use https`)
  let chosen: ReturnType<typeof None> | undefined
  try {
    // How the client proves itself depends on what the provider says, which is known by then.
    return await discovery(
      url,
      clientId,
      { [clockTolerance]: seconds },
      (server, ...rest) =>
        (chosen ??= authentication(secret, server.token_endpoint_auth_methods_supported))(server, ...rest),
      { timeout, ...(isPlain && { execute: [allowInsecureRequests] }) },
    )
  } catch (cause) {
    throw new HoopError('IDP_UNREACHABLE', issuer, { cause })
  }
}
