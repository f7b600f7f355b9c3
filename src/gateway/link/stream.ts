import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { asHoopError, type ErrorCode, HoopError } from '../../lib/errors.js'
import { errorResponse } from '../../wire/error-fields.js'
import type { AddressOf } from '../server/admission/client-address.js'
import { RateLimited, type RateLimits } from '../server/admission/rate-limits.js'
import { forClients } from '../../lib/readers.js'
import { fatalOf } from '../relay/refusal.js'
import type { SharedOptions } from '../session/options.js'
import { openSession } from '../session/opening.js'
import { readPacket } from './first-packet.js'
import { UpstreamRefusal } from '../upstream/server-words.js'

/** What stands before streams: who may ask, how often, and from where they do. */
export interface StreamDoor {
  readonly rates: RateLimits
  readonly address: AddressOf
  /** The connection has become a session. */
  readonly passed: (socket: Socket) => void
}

/** What an operator has to see to. */
const ours: ReadonlySet<string> = new Set<ErrorCode>(['INTERNAL', 'STORE_FAILED', 'RECORDING_FAILED'])

/** Milliseconds that a refusal may take to reach the client. */
const LAST_WORD = 2000

const accepted = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: hoop-pg/1\r\n\r\n'

/**
 * Serves one `GET /v1/tunnel` with `Upgrade: hoop-pg/1`: checks the grant, answers 101 and relays PostgreSQL's protocol,
 * or answers with the error's HTTP status and the API's error body. Never throws.
 * @param head what was read behind the request
 */
export const acceptStream = async (
  options: SharedOptions,
  { rates, address: addressOf, passed }: StreamDoor,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> => {
  const { services, registry } = options
  socket.on('error', () => socket.destroy())
  socket.setTimeout(0)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 30_000)
  // Node would end our half when the client ends its own, before the answers to its last statements are out.
  socket.allowHalfOpen = true
  let connection = ''
  let refuse = (error: HoopError): void => answerHttp(socket, error)
  try {
    const address = addressOf(request)
    rates.address('tunnels', address)
    const grant = await rates.login(address, () => services.authenticate(request))
    rates.person('tunnels', grant.principal.subject)
    const runtime = await services.runtime(grant)
    connection = runtime.name
    socket.write(accepted)
    const left = services.metrics.linkOpened()
    if (socket.closed) left()
    else socket.once('close', left)
    refuse = (error) => lastWord(socket, fatalOf(error))
    const first = await readPacket(socket, head, services.limits.startup)
    if (!first) return lastWord(socket, Buffer.alloc(0))
    const { packet, rest } = first
    if (packet.kind === 'cancel') {
      await registry.byKey(packet.pid, packet.secret, grant.principal.subject)?.cancel()
      return lastWord(socket, Buffer.alloc(0))
    }
    const retry = request.headers['hoop-approval'] === 'retry'
    await openSession({ ...options, grant, runtime, socket, startup: packet, rest, address, retry })
    passed(socket)
  } catch (error) {
    if (error instanceof UpstreamRefusal) {
      services.metrics.streamRefused(connection, 'SERVER')
      services.log.warn({ sqlstate: error.fields['C'], about: error.message }, 'the database refused a session')
      return lastWord(socket, errorResponse(error.fields))
    }
    const known = asHoopError(error)
    const { code, about } = known
    services.metrics.streamRefused(connection, code)
    if (ours.has(code)) services.log.error({ code, about, err: error }, 'stream refused')
    else services.log.info({ code, about }, 'stream refused')
    refuse(forClients(known))
  }
}

const lastWord = (socket: Socket, message: Buffer): void => {
  socket.end(message)
  socket.resume()
  setTimeout(() => socket.destroy(), LAST_WORD).unref()
}

const answerHttp = (socket: Socket, error: HoopError): void => {
  const body = JSON.stringify({
    code: error.code,
    message: error.message,
    hint: error.hint,
    ...(error.detail ? { detail: error.detail } : {}),
  })
  const headers = [
    `HTTP/1.1 ${error.http} ${error.code}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...(error instanceof RateLimited ? [`Retry-After: ${error.retryAfter}`] : []),
  ]
  lastWord(socket, Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`))
}
