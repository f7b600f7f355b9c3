import { once } from 'node:events'
import { request } from 'node:http'
import { connect as connectTcp, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { deadline } from '../../../lib/deadline.js'
import { HoopError } from '../../../lib/errors.js'
import { reachError } from './reach-error.js'

/** How to get to a server: its address, whom to trust, and through what. */
export interface Route {
  readonly url: URL
  readonly ca?: string
  readonly proxy?: URL
}

/** A path of the gateway's API below the gateway's address. */
export const endpoint = ({ url }: Route, path: string): URL => new URL(url.pathname.replace(/\/$/, '') + path, url)

/** What is spoken over TLS (RFC 7301). A server that speaks only the other one ends the handshake. */
type Protocol = 'http/1.1' | 'h2'

/** Milliseconds for TCP, proxy and TLS together. */
const dialTimeout = 10_000

/**
 * A connection to the server, TLS for https, through the proxy's CONNECT where there is one. Half-open ends are kept:
 * PostgreSQL's clients may finish sending and still read.
 * @throws {HoopError} GATEWAY_UNREACHABLE, GATEWAY_UNTRUSTED, GATEWAY_CERTIFICATE_EXPIRED
 */
export async function dial(route: Route, signal?: AbortSignal, protocol: Protocol = 'http/1.1'): Promise<Socket> {
  const limited = deadline(dialTimeout, signal)
  const { url, ca, proxy } = route
  let socket: Socket | undefined
  const give = (): void => void socket?.destroy(limited.reason as Error)
  limited.addEventListener('abort', give, { once: true })
  try {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
    socket = proxy
      ? await throughProxy(proxy, host, port, limited, (made) => (socket = made))
      : quiet(connectTcp({ host, port, allowHalfOpen: true, noDelay: true }))
    if (socket.connecting) await once(socket, 'connect', { signal: limited })
    if (url.protocol !== 'https:') return socket
    const secure = secureOver(socket, host, ca, protocol)
    socket = secure
    await once(secure, 'secureConnect', { signal: limited })
    return secure
  } catch (error) {
    socket?.destroy()
    if (signal?.aborted) throw signal.reason
    throw reachError(url, limited.aborted ? new Error('timed out') : error, proxy)
  } finally {
    limited.removeEventListener('abort', give)
  }
}

/** An IP address takes no server name (RFC 6066, section 3); the certificate must then hold the address itself. */
function secureOver(socket: Socket, host: string, ca: string | undefined, protocol: Protocol): TLSSocket {
  const options: ConnectionOptions = {
    socket,
    host,
    minVersion: 'TLSv1.2',
    ALPNProtocols: [protocol],
    ...(!/^[\d.]+$|:/.test(host) && { servername: host }),
    ...(ca !== undefined && { ca }),
  }
  const secure = quiet(connectTls(options))
  carriers.set(secure, socket)
  return secure
}

/** What a TLS connection runs over. */
const carriers = new WeakMap<Duplex, Socket>()

/**
 * Breaks a connection off, by a TCP reset where it has a TCP connection of its own. Destroying a TLS connection merely ends it,
 * which the other side takes for a client that has said all it wanted and waits for its answers.
 */
export const breakOff = (stream: Duplex): void => {
  const carrier = carriers.get(stream)
  if (carrier) breakOff(carrier)
  else if (stream instanceof Socket && !stream.destroyed && stream.remoteFamily !== undefined) stream.resetAndDestroy()
  stream.destroy()
}

/** An error always comes with a close, which is what everyone here listens to; unheard it would end the process. */
const quiet = <S extends Socket>(socket: S): S => socket.on('error', () => undefined)

/** @see RFC 9110, section 9.3.6 */
async function throughProxy(
  proxy: URL,
  host: string,
  port: number,
  signal: AbortSignal,
  made: (socket: Socket) => void,
): Promise<Socket> {
  const proxyHost = proxy.hostname.replace(/^\[|\]$/g, '')
  const proxyPort = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80)
  const plain = quiet(connectTcp({ host: proxyHost, port: proxyPort, allowHalfOpen: true, noDelay: true }))
  made(plain)
  await once(plain, 'connect', { signal })
  const socket = proxy.protocol === 'https:' ? secureOver(plain, proxyHost, undefined, 'http/1.1') : plain
  if (socket !== plain) {
    made(socket)
    await once(socket, 'secureConnect', { signal })
  }
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const login = proxy.username && `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  const asking = request({
    createConnection: () => socket,
    method: 'CONNECT',
    path: target,
    headers: {
      host: target,
      ...(login && { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
    },
  })
  asking.end()
  const [answer, tunnel, head] = (await once(asking, 'connect', { signal })) as [{ statusCode: number }, Socket, Buffer]
  if (answer.statusCode !== 200)
    throw new HoopError('GATEWAY_UNREACHABLE', `the proxy ${proxy.host} answered ${answer.statusCode}`, {
      hint: 'Check HTTPS_PROXY and what the proxy allows, or put the host into NO_PROXY.',
    })
  if (head.length > 0) tunnel.unshift(head)
  return tunnel
}
