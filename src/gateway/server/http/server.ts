import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { HoopError } from '../../../lib/errors.js'
import type { HttpLimits } from '../../../policy/config/sections/http-limits.js'
import { apiError } from './errors.js'

/** Milliseconds between two looks at who is too slow. */
const looks = 5_000

/**
 * HTTP/1.1 over TLS, and HTTP/2 for who offers nothing else, which is agents with a link. The limits end connections that send
 * slowly or nothing; they hold until the Upgrade, and never for a stream or a link.
 * A stream allows half-open connections for itself; before that, a client that closes its half is gone.
 */
export const createHttpsServer = (
  tls: { readonly cert: string | Buffer; readonly key: string | Buffer },
  limits: HttpLimits,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Server =>
  createServer(
    {
      ...tls,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1', 'h2'],
      noDelay: true,
      maxHeaderSize: limits.header_size,
      handshakeTimeout: limits.handshake,
      // Node wants the whole to take no less than its part.
      headersTimeout: Math.min(limits.headers, limits.request),
      requestTimeout: limits.request,
      keepAliveTimeout: limits.idle,
      connectionsCheckingInterval: Math.min(looks, limits.headers, limits.request),
    },
    handler,
  )

/** Hands over connections whose ALPN chose HTTP/2 (RFC 7301); whoever else came is served as before. */
export const onHttp2 = (server: Server, take: (socket: TLSSocket) => void): void => {
  const listeners = server.listeners('secureConnection') as ((this: Server, socket: TLSSocket) => void)[]
  server.removeAllListeners('secureConnection')
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') take(socket)
    else for (const listener of listeners) listener.call(server, socket)
  })
}

const answers: Partial<Record<string, [status: string, error: HoopError]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', new HoopError('REQUEST_TOO_LARGE', 'its headers')],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', new HoopError('REQUEST_TIMEOUT')],
}
const malformed: [string, HoopError] = ['400 Bad Request', new HoopError('REQUEST_INVALID', 'it is no HTTP request')]

/** Milliseconds that such an answer may take. */
const lastWord = 2_000

/** Answers what never became a request, and closes. Whoever hasn't finished their TLS handshake can't be told anything. */
export const onClientError = (error: NodeJS.ErrnoException, socket: Duplex & { secureConnecting?: boolean }): void => {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.secureConnecting === true) return void socket.destroy()
  setTimeout(() => socket.destroy(), lastWord).unref()
  const [status, reason] = answers[error.code ?? ''] ?? malformed
  const body = JSON.stringify(apiError(reason))
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}
