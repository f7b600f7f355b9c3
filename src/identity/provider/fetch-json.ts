import { HoopError } from '../../lib/errors.js'

/** Discovery documents and key sets are a few KB; more than this is no answer of an identity provider. */
const largest = 1 << 20
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

export interface FetchOptions {
  /** Milliseconds for the whole answer. */
  readonly timeout: number
  /** Stands in where the provider is reached through a proxy or has a CA of its own. */
  readonly fetch?: typeof fetch | undefined
}

const body = async (response: Response): Promise<string> => {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > largest) throw new Error(`the answer is larger than ${largest} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/**
 * Fetches a JSON object. Redirects are refused: a key set comes from where the issuer says or not at all.
 * @throws {HoopError} IDP_UNREACHABLE, also for an answer that isn't a JSON object; CONFIG_INVALID for plain http to
 * another machine
 */
export const fetchJson = async (
  address: string,
  { timeout, fetch: get = fetch }: FetchOptions,
): Promise<Record<string, unknown>> => {
  const url = URL.parse(address)
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname)))) {
    throw new HoopError('CONFIG_INVALID', `${address} is not an https:// address (http:// only on localhost)`)
  }
  try {
    const response = await get(url, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
    if (!response.ok) throw new Error(`status ${response.status}`)
    const value: unknown = JSON.parse(await body(response))
    if (typeof value !== 'object' || value === null) throw new Error('the answer is no JSON object')
    return value as Record<string, unknown>
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HoopError('IDP_UNREACHABLE', `${url.href}: ${why}`, { cause: error })
  }
}
