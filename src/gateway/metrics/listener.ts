import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { HoopError } from '../../lib/errors.js'
import type { HttpLimits } from '../../policy/config/sections/http-limits.js'
import { type Address, listen } from '../host/listen.js'
import { apiError } from '../server/http/errors.js'
import { onClientError } from '../server/http/server.js'
import type { Exposition } from './exposition.js'

/** Connections at once. Who scrapes needs one. */
const CONNECTIONS = 20

/** Bytes of a request's headers. */
const HEADERS = 8 * 1024

/** Milliseconds between two looks at who is too slow. */
const LOOKS = 5_000

export interface MetricsListenerOptions {
  readonly address: Address
  /** Those of the public port, as far as they are about time. */
  readonly limits: Pick<HttpLimits, 'headers' | 'request' | 'idle'>
  readonly exposition: Exposition
  readonly log: Logger
}

export interface MetricsListener extends AsyncDisposable {
  /** What it got: with port 0 the system chooses. */
  readonly address: Address
}

/** What is wrong with a request; undefined where it asks for the metrics. */
const objection = ({ method, url = '', headers }: IncomingMessage): HoopError | undefined => {
  if (url.split('?', 1)[0] !== '/metrics')
    return new HoopError('NOT_FOUND', 'only /metrics is here', {
      hint: 'Ask the gateway’s own port for everything else.',
    })
  if (method !== 'GET' && method !== 'HEAD') return new HoopError('REQUEST_INVALID', 'metrics are read by GET')
  const sends = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  return sends ? new HoopError('REQUEST_TOO_LARGE', 'it has a body') : undefined
}

const refuse = (response: ServerResponse, error: HoopError): void => {
  // Whatever it sends behind its headers isn't read.
  response.writeHead(error.http, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  response.end(JSON.stringify(apiError(error)))
}

const limited = ({ headers, request, idle }: MetricsListenerOptions['limits']): Server => {
  const server = createServer({
    maxHeaderSize: HEADERS,
    // Node wants the whole to take no less than its part.
    headersTimeout: Math.min(headers, request),
    requestTimeout: request,
    keepAliveTimeout: idle,
    connectionsCheckingInterval: Math.min(LOOKS, headers, request),
  })
  server.maxConnections = CONNECTIONS
  // Ends who doesn't read what they asked for, too.
  server.timeout = idle
  return server
}

/**
 * Gives out the metrics over plain HTTP, on a listener of its own: whoever reaches it may read them. Nothing else is there.
 * @throws {HoopError} PORT_IN_USE, CONFIG_INVALID
 */
export const listenForMetrics = async (options: MetricsListenerOptions): Promise<MetricsListener> => {
  const { address, limits, exposition, log } = options
  const server = limited(limits)
  /** The one reading that is under way: who asks meanwhile gets the same. */
  let reading: Promise<string> | undefined
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const error = objection(request)
    if (error) return refuse(response, error)
    try {
      const text = await (reading ??= exposition.text().finally(() => (reading = undefined)))
      const length = Buffer.byteLength(text)
      response.writeHead(200, {
        'content-type': exposition.contentType,
        'content-length': length,
        'cache-control': 'no-store',
      })
      response.end(request.method === 'HEAD' ? undefined : text)
    } catch (err) {
      log.error({ err }, 'the metrics could not be read')
      refuse(response, new HoopError('INTERNAL'))
    }
  }
  server.on('request', (request, response) => void answer(request, response))
  server.on('clientError', onClientError)
  const got = await listen(server, address, 'gateway.metrics.listen')
  const host = got.host.includes(':') ? `[${got.host}]` : got.host
  log.info({ address: `${host}:${got.port}` }, 'metrics are given out')
  return {
    address: got,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
