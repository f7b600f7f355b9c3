import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import { HoopError } from '../../lib/errors.js'
import { apiError } from './errors.js'

/** A token with some hundred groups and its proof fit; more is nothing of ours. */
const maxHeaderSize = 32 * 1024

/**
 * HTTP/1.1 over TLS. No HTTP/2: the tunnel needs Upgrade, which only 1.1 has (RFC 9113, section 8.6). The limits end
 * connections that send slowly or nothing; they hold until the Upgrade, and never for a tunnel.
 * A tunnel allows half-open connections for itself; before that, a client that closes its half is gone.
 */
export const createHttpsServer = (
  tls: { readonly cert: string | Buffer; readonly key: string | Buffer },
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Server =>
  createServer(
    {
      ...tls,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      noDelay: true,
      maxHeaderSize,
      handshakeTimeout: 10_000,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 30_000,
      connectionsCheckingInterval: 5_000,
    },
    handler,
  )

const answers: Partial<Record<string, [status: string, error: HoopError]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    new HoopError('REQUEST_TOO_LARGE', `headers of more than ${maxHeaderSize} bytes`),
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', new HoopError('REQUEST_INVALID', 'it came too slowly')],
}
const malformed: [string, HoopError] = ['400 Bad Request', new HoopError('REQUEST_INVALID', 'it is no HTTP request')]

/** Answers what never became a request, and closes. */
export const onClientError = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, reason] = answers[error.code ?? ''] ?? malformed
  const body = JSON.stringify(apiError(reason))
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}
