import type { TokenAnswer } from '../../../lib/api/token.js'
import { deadline } from '../../../lib/deadline.js'
import { HoopError } from '../../../lib/errors.js'
import { endpoint, type Route } from '../../api/reach/dial.js'
import { connections, send, textOf } from '../../api/reach/http.js'
import { reachError } from '../../api/reach/reach-error.js'
import { remoteError } from '../../api/remote-error.js'
import { prove, type ProofKey } from '../proof.js'

/** Milliseconds for the whole answer. */
const patience = 30_000

/** A token of the gateway's, and until when it is good. */
export interface GatewayToken {
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/**
 * Exchanges a token of the platform at the gateway, bound to a key (RFC 8693).
 * @throws {HoopError} TOKEN_*, WORKLOAD_REFUSED, CLOCK_SKEW and others, in the gateway's words; GATEWAY_… where it can't be reached
 */
export const exchange = async (
  route: Route,
  key: ProofKey,
  { token, audience }: { readonly token: string; readonly audience: string },
  signal: AbortSignal,
): Promise<GatewayToken> => {
  const url = endpoint(route, '/v1/token')
  const limited = deadline(patience, signal)
  const agent = connections(route, limited)
  try {
    const answer = await send(agent, {
      ...{ method: 'POST', url, signal: limited },
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        dpop: await prove(key, 'POST', url, undefined),
      },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        audience,
      }).toString(),
    })
    const text = await textOf(answer)
    if (answer.statusCode !== 200) throw remoteError(url, answer.statusCode ?? 0, text)
    const { access_token: issued, expires_in: seconds } = JSON.parse(text) as TokenAnswer
    return { token: issued, expiresAt: Date.now() + seconds * 1000 }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof HoopError) throw error
    throw reachError(route.url, limited.aborted ? new Error('timed out') : error, route.proxy)
  } finally {
    agent.destroy()
  }
}
