import { fetch } from 'undici'
import {
  allowInsecureRequests,
  clockTolerance,
  type Configuration,
  customFetch,
  type CustomFetch,
  discovery,
  type DPoPHandle,
  getDPoPHandle,
  None,
} from 'openid-client'
import { type CryptoKey, importJWK } from 'jose'
import { HoopError } from '../../lib/errors.js'
import { outbound } from '../api/reach/outbound.js'
import type { Environment } from '../files/environment.js'
import type { ProofKey } from './proof.js'

/** Seconds that one request to the identity provider may take. */
const timeout = 15

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * The identity provider's metadata (OpenID Connect Discovery), through the proxy that the environment names. Plain http
 * is accepted on this machine's own addresses only.
 * @throws {HoopError} IDP_UNREACHABLE
 */
export async function discover(
  env: Environment,
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
  signal: AbortSignal,
): Promise<Configuration> {
  const url = new URL(issuer)
  const insecure = url.protocol === 'http:'
  if (insecure && !loopback.test(url.hostname))
    throw new HoopError('IDP_UNREACHABLE', `the issuer ${issuer} does not use https`, {
      hint: 'Ask the gateway’s operator to correct the issuer.',
    })
  const dispatcher = outbound(env, signal)
  const through: CustomFetch = (address, options) =>
    fetch(address, { ...options, dispatcher } as Parameters<typeof fetch>[1])
  try {
    const config = await discovery(url, clientId, { [clockTolerance]: 60 }, None(), {
      [customFetch]: through,
      timeout,
      ...(insecure && { execute: [allowInsecureRequests] }),
    })
    return config
  } catch (error) {
    signal.throwIfAborted()
    throw idpError(issuer, error)
  }
}

/**
 * What binds tokens to the login's key, where the provider says that it can: a refresh token is of no use without the key
 * then. Elsewhere nothing, and the provider's tokens are as they were.
 * @see RFC 9449, section 5.1
 */
export async function bindingTo(config: Configuration, key: ProofKey): Promise<{ DPoP?: DPoPHandle }> {
  if (!config.serverMetadata().dpop_signing_alg_values_supported?.includes('ES256')) return {}
  const publicKey = (await importJWK(key.publicJwk, 'ES256')) as CryptoKey
  return { DPoP: getDPoPHandle(config, { privateKey: key.privateKey, publicKey }) }
}

/** Network troubles and outages, told apart from a provider's refusals (which carry an OAuth error code). */
export function idpError(issuer: string, error: unknown): HoopError {
  if (error instanceof HoopError && error.code !== 'GATEWAY_UNREACHABLE') return error
  const root = rootOf(error)
  const why = root instanceof Error ? root.message : String(root)
  return new HoopError('IDP_UNREACHABLE', `${new URL(issuer).host}: ${why}`, { cause: error })
}

const rootOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : error
