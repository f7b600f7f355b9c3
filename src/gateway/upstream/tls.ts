import { once } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import {
  connect as connectTls,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import { HoopError } from '../../lib/errors.js'
import { sslRequest } from '../../wire/startup.js'
import type { UpstreamTarget } from './target.js'

/** Milliseconds of silence before the kernel asks whether the server is still there; it then asks every second, ten times. */
const KEEPALIVE = 30_000

/**
 * Opens TCP and, as `sslmode` says, TLS to a PostgreSQL server.
 * @throws {HoopError} UPSTREAM_UNREACHABLE, UPSTREAM_TLS
 * @see PostgreSQL documentation, "SSL Support", table "SSL Mode Descriptions"; "SSL Session Encryption"
 */
export const openUpstream = async (target: UpstreamTarget, signal: AbortSignal): Promise<Socket | TLSSocket> => {
  const socket = target.host.startsWith('/')
    ? connectTcp({ path: `${target.host}/.s.PGSQL.${target.port}`, allowHalfOpen: true })
    : connectTcp({
        ...{ host: target.host, port: target.port, noDelay: true, allowHalfOpen: true },
        ...{ keepAlive: true, keepAliveInitialDelay: KEEPALIVE },
      })
  try {
    await settled(socket, 'connect', signal)
  } catch (cause) {
    socket.destroy()
    throw new HoopError('UPSTREAM_UNREACHABLE', reason(cause, signal), { cause })
  }
  if (target.sslmode === 'disable' || target.host.startsWith('/')) return socket
  try {
    return await secure(socket, target, signal)
  } catch (cause) {
    socket.destroy()
    throw cause instanceof HoopError ? cause : new HoopError('UPSTREAM_TLS', reason(cause, signal), { cause })
  }
}

/** The TCP connection below a TLS one. */
const carriers = new WeakMap<Socket, Socket>()

/** Closes a connection by a TCP reset: what the other side has not read yet is lost, and its next write fails. */
export const resetUpstream = (socket: Socket | TLSSocket): void => {
  const carrier = carriers.get(socket) ?? socket
  // A Unix socket knows no reset.
  if (carrier.remoteFamily === undefined) carrier.destroy()
  else carrier.resetAndDestroy()
  if (carrier !== socket) socket.destroy()
}

const secure = async (socket: Socket, target: UpstreamTarget, signal: AbortSignal): Promise<Socket | TLSSocket> => {
  socket.write(sslRequest())
  await settled(socket, 'readable', signal).catch((cause: unknown) => {
    // Who says nothing has said nothing about TLS.
    throw new HoopError('UPSTREAM_UNREACHABLE', reason(cause, signal), { cause })
  })
  const answer = socket.read() as Buffer | null
  if (answer === null) throw new HoopError('UPSTREAM_UNREACHABLE', 'it closed the connection')
  // Bytes behind the answer would be read as if they had come through TLS (CVE-2021-23222).
  if (answer.length !== 1) throw new HoopError('UPSTREAM_TLS', 'it sent bytes behind its answer to SSLRequest')
  if (answer[0] === 0x4e) {
    if (target.sslmode === 'prefer') return socket
    throw new HoopError('UPSTREAM_TLS', 'it does not offer TLS')
  }
  if (answer[0] !== 0x53) throw new HoopError('UPSTREAM_TLS', 'it does not speak the PostgreSQL protocol')
  const options = { socket, ...verification(target), secureContext: await contextOf(target), allowHalfOpen: true }
  const tls = connectTls(options as ConnectionOptions)
  carriers.set(tls, socket)
  await settled(tls, 'secureConnect', signal)
  return tls
}

const verification = (target: UpstreamTarget): ConnectionOptions => {
  // As libpq does: with a root certificate, `require` verifies the chain too.
  const chain = target.sslmode === 'verify-ca' || (target.sslmode === 'require' && target.sslrootcert !== undefined)
  const verify = chain || target.sslmode === 'verify-full'
  return {
    ...(isIP(target.host) ? {} : { servername: target.host }),
    rejectUnauthorized: verify,
    ALPNProtocols: ['postgresql'],
    ...(chain ? { checkServerIdentity: () => undefined } : {}),
    // For IP addresses Node compares with `host`; without one it would compare with localhost.
    host: target.host,
  }
}

/** One for all connections to a target, until its client certificate is another: it holds the parsed ones, some 20 KB. */
const contexts = new WeakMap<
  UpstreamTarget,
  { readonly cert?: string; readonly key?: string; context: SecureContext }
>()

const contextOf = async (target: UpstreamTarget): Promise<SecureContext> => {
  const own = await target.clientCertificate?.()
  const known = contexts.get(target)
  if (known && known.cert === own?.cert && known.key === own?.key) return known.context
  const context = createSecureContext({
    minVersion: 'TLSv1.2',
    ...(target.sslrootcert ? { ca: target.sslrootcert } : {}),
    ...own,
  })
  contexts.set(target, { ...own, context })
  return context
}

/** Waits for an event; an end, an error or the deadline comes out as an error. */
const settled = async (socket: Socket, event: string, signal: AbortSignal): Promise<void> => {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const closed = (): void => over.abort(new Error('it closed the connection'))
  socket.once('close', closed)
  try {
    await once(socket, event, { signal: either })
  } catch (error) {
    throw over.signal.aborted ? over.signal.reason : error
  } finally {
    socket.off('close', closed)
  }
}

/**
 * What ends a connection during a login. A server's word about a client certificate comes after the handshake (RFC 8446,
 * section 4.4.2.4), as an alert.
 */
export const brokenOff = (cause: unknown): HoopError => {
  if (cause instanceof HoopError) return cause
  const { code = '', message } = cause as NodeJS.ErrnoException
  return new HoopError(code.startsWith('ERR_SSL') ? 'UPSTREAM_TLS' : 'UPSTREAM_UNREACHABLE', code || message, { cause })
}

const reason = (cause: unknown, signal: AbortSignal): string => {
  if (signal.aborted) return 'no answer in time'
  const error = cause as NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] }
  return error.code ?? error.errors?.[0]?.code ?? error.message
}
