import type { Route } from '../../api/reach/dial.js'
import type { Environment } from '../../files/environment.js'
import { type Claims, readClaims } from '../claims.js'
import type { Credentials } from '../credentials.js'
import { keptKey } from '../kept-key.js'
import { exchange, type GatewayToken } from './exchange.js'
import type { TokenSource } from './source.js'

/** A gateway token with less life than this is replaced before it is used. Milliseconds. */
const margin = 30_000

const nobody: Claims = { subject: '', name: '', expiresAt: 0 }

/** Whom the platform's token is for: HOOP_AUDIENCE, else the gateway's address as it is known here. */
export const audienceOf = ({ HOOP_AUDIENCE }: Environment, { url }: Route): string =>
  HOOP_AUDIENCE || url.href.replace(/\/$/, '')

/**
 * A program by its platform's token: exchanged at first use, and at each renewal the source is asked anew, so that a program
 * which may no longer get one is out.
 */
export async function workloadCredentials(env: Environment, route: Route, source: TokenSource): Promise<Credentials> {
  const key = await keptKey(env)
  const audience = audienceOf(env, route)
  let held: GatewayToken | undefined
  let flying: Promise<string> | undefined

  const ask = async (signal: AbortSignal): Promise<string> => {
    const token = await source.token(audience, signal)
    held = await exchange(route, key, { token, audience }, signal)
    return held.token
  }
  const renew = (signal: AbortSignal): Promise<string> => (flying ??= ask(signal).finally(() => (flying = undefined)))

  return {
    key,
    get claims() {
      return (held && readClaims(held.token)) ?? nobody
    },
    token: async (signal) => (held && held.expiresAt - Date.now() > margin ? held.token : renew(signal)),
    renew,
  }
}
