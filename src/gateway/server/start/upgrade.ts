import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ApiError } from '../../../lib/api.js'
import { catalogue, HoopError } from '../../../lib/errors.js'
import { streamPath, streamProtocol } from '../../../lib/link/names.js'

/** Milliseconds that a refusal may take to reach the client. */
const lastWord = 2000

/** Answers a request for an upgrade with an error instead, in the API's form, and closes the connection. */
const refuseUpgrade = (socket: Duplex, error: HoopError): void => {
  const { message, hint, detail } = error
  const body = JSON.stringify({ code: error.code, message, hint, ...(detail && { detail }) } satisfies ApiError)
  const head = [
    `HTTP/1.1 ${error.http} ${error.code}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    // RFC 9110, section 15.5.22: a 426 names the protocol.
    ...(error.http === catalogue.GATEWAY_VERSION.http ? [`Upgrade: ${streamProtocol}`] : []),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // No limit of the server's holds any more: whoever doesn't close their half would keep it open for good.
  socket.resume()
  setTimeout(() => socket.destroy(), lastWord).unref()
}

/** Whether a request asks for a stream's protocol, among those it offers (RFC 9110, section 7.8). */
const offersStream = ({ headers }: IncomingMessage): boolean =>
  (headers.upgrade ?? '').split(',').some((offered) => offered.trim().toLowerCase() === streamProtocol)

/** The listener of 'upgrade': one path leads to streams, everything else is refused and closed. */
export const onUpgrade =
  (accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown) =>
  (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    const path = (request.url ?? '').split('?', 1)[0]
    if (path !== streamPath) refuseUpgrade(socket, new HoopError('NOT_FOUND', path))
    else if (request.method !== 'GET' || !offersStream(request))
      refuseUpgrade(socket, new HoopError('GATEWAY_VERSION', `a stream speaks ${streamProtocol}`))
    else accept(request, socket, head)
  }
