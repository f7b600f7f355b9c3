import { deadline } from '../../../lib/deadline.js'
import { HoopError } from '../../../lib/errors.js'
import { connections, send, textOf } from '../../api/reach/http.js'
import { proxyFor } from '../../api/reach/proxy.js'
import type { Environment } from '../../files/environment.js'

/** Milliseconds for the whole answer. */
const patience = 15_000

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

interface Asked {
  readonly url: string
  readonly bearer: string
  readonly audience: string
}

const refused = (about: string, cause?: unknown) =>
  new HoopError('IDP_UNREACHABLE', `GitHub gives no token: ${about}`, {
    hint: 'The job needs the permission id-token: write.',
    cause,
  })

/**
 * A new ID token of the job, for one audience.
 * @throws {HoopError} IDP_UNREACHABLE
 * @see GitHub documentation, "OpenID Connect", "Customizing the token claims"
 */
export const githubToken = async (
  env: Environment,
  { url: address, bearer, audience }: Asked,
  signal: AbortSignal,
): Promise<string> => {
  const url = URL.parse(address)
  if (!url || (url.protocol !== 'https:' && !loopback.test(url.hostname))) throw refused('its address is not https')
  url.searchParams.set('audience', audience)
  const limited = deadline(patience, signal)
  const proxy = proxyFor(url, env)
  const agent = connections({ url, ...(proxy && { proxy }) }, limited)
  try {
    const headers = { accept: 'application/json', authorization: `bearer ${bearer}` }
    const answer = await send(agent, { method: 'GET', url, headers, signal: limited })
    const text = await textOf(answer)
    if (answer.statusCode !== 200) throw refused(`status ${answer.statusCode}`)
    const { value } = JSON.parse(text) as { value?: unknown }
    if (typeof value !== 'string') throw refused('the answer has none')
    return value
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof HoopError) throw error
    throw refused(error instanceof SyntaxError ? 'the answer is not JSON' : String((error as Error).message), error)
  } finally {
    agent.destroy()
  }
}
