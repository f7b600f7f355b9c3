import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { signedRequest } from '../../identity/authenticator.js'
import { approvalHeader, streamProtocol } from '../../lib/link/names.js'
import type { HoopError } from '../../lib/errors.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { Door } from '../server/admission/door.js'
import { apiError } from '../server/http/errors.js'
import { RateLimited } from '../server/admission/rate-limits.js'
import type { Arrival } from './arrival.js'
import { lastWord } from './last-word.js'

const accepted = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${streamProtocol}\r\n\r\n`

/** What an Upgrade needs of the gateway. */
export interface UpgradeOptions {
  readonly door: Pick<Door, 'address' | 'doorway'>
  readonly metrics: Pick<GatewayMetrics, 'linkOpened'>
}

/**
 * `GET /v1/tunnel` with `Upgrade: hoop-pg/1`: a TCP connection for each stream, as agents of version 0.1 ask for it, and others
 * where HTTP/2 doesn't come through. A refusal has the error's HTTP status and the API's error body.
 * @param head what was read behind the request
 * @see RFC 9110, section 7.8
 */
export const upgradeArrival = (
  { door, metrics }: UpgradeOptions,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Arrival => {
  const address = door.address(request)
  socket.on('error', () => socket.destroy())
  socket.setTimeout(0)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 30_000)
  // Node would end our half when the client ends its own, before the answers to its last statements are out.
  socket.allowHalfOpen = true
  return {
    request: signedRequest(request, address),
    address,
    retry: request.headers[approvalHeader] === 'retry',
    head,
    admit: () => undefined,
    resumption: undefined,
    resume: () => undefined,
    accept: () => {
      socket.write(accepted)
      const left = metrics.linkOpened()
      if (socket.closed) left()
      else socket.once('close', left)
      return socket
    },
    refuse: (error) => lastWord(socket, refusal(error)),
    passed: () => door.doorway.passed(socket),
  }
}

const refusal = (error: HoopError): Buffer => {
  const body = JSON.stringify(apiError(error))
  const headers = [
    `HTTP/1.1 ${error.http} ${error.code}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...(error instanceof RateLimited ? [`Retry-After: ${error.retryAfter}`] : []),
  ]
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
