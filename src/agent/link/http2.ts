import { once } from 'node:events'
import { type ClientHttp2Session, connect, type Settings } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { deadline } from '../../lib/deadline.js'
import { dial, type Route } from '../api/reach/dial.js'

/** Milliseconds for the server to say that it has extended CONNECT. */
const patience = 2_000

/** Bytes on their way to a client that doesn't take them: what a long way needs to be full. */
const STREAM_WINDOW = 4 * 1024 * 1024
const LINK_WINDOW = 32 * 1024 * 1024

/** What a server does that speaks no HTTP/2: it says so in its handshake, or hangs up, as a bad network does now and then. */
const otherwise = /NO_APPLICATION_PROTOCOL|ECONNRESET|EPROTO/
const hungUp = /ECONNRESET|EPROTO/

const causeOf = (error: Error): string => String((error.cause as NodeJS.ErrnoException | undefined)?.code)

/**
 * An HTTP/2 connection to a server with extended CONNECT.
 * @returns undefined where the server, or what is before it, has none
 * @throws {HoopError} GATEWAY_…
 * @see RFC 8441, section 3, "The SETTINGS_ENABLE_CONNECT_PROTOCOL SETTINGS Parameter"
 */
export async function extendedConnect(
  route: Route,
  signal: AbortSignal,
): Promise<{ socket: Socket; session: ClientHttp2Session } | undefined> {
  const again = (error: Error): Promise<Socket> => {
    if (!hungUp.test(causeOf(error))) throw error
    return dial(route, signal, 'h2')
  }
  const socket = await dial(route, signal, 'h2')
    .catch(again)
    .catch((error: Error) => {
      if (otherwise.test(causeOf(error))) return undefined
      throw error
    })
  if (!socket) return undefined
  if ((socket as Partial<TLSSocket>).alpnProtocol !== 'h2') return void socket.destroy()
  const session = connect(route.url.origin, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    // Whatever else a peer may cost is bounded by what one gateway is trusted with.
    maxSessionMemory: 64,
  })
  session.on('error', () => undefined)
  const limited = deadline(patience, signal)
  try {
    // A connection that ends meanwhile is one without.
    const settled = once(session, 'remoteSettings', { signal: limited }) as Promise<[Settings]>
    const [{ enableConnectProtocol }] = await Promise.race([
      settled,
      once(socket, 'close').then((): [Settings] => [{}]),
    ])
    if (enableConnectProtocol && !session.destroyed) {
      session.setLocalWindowSize(LINK_WINDOW)
      return { socket, session }
    }
  } catch {
    signal.throwIfAborted()
  }
  return void socket.destroy()
}
