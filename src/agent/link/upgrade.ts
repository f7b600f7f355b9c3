import { type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import type { GatewayClient } from '../api/client.js'
import { dial, endpoint } from '../api/reach/dial.js'
import { reachError } from '../api/reach/reach-error.js'
import { remoteError } from '../api/remote-error.js'
import { streamPath, streamProtocol } from '../../lib/link/names.js'

/** Milliseconds from the request to the gateway's 101. */
const timeout = 15_000
/** Largest refusal read, bytes. */
const most = 16 * 1024

/**
 * Opens a stream with a TLS connection of its own: HTTP Upgrade to hoop-pg/1 with a grant and a proof; after the 101 the socket
 * carries PostgreSQL's bytes and nothing of ours. What agents of version 0.1 did, and where HTTP/2 doesn't come through.
 * @throws {HoopError} the gateway's own refusal, or GATEWAY_… where it can't be reached
 * @see RFC 9110, section 7.8
 */
export async function openUpgrade(
  client: GatewayClient,
  grant: string,
  signal: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Socket> {
  const limited = deadline(timeout, signal)
  const url = endpoint(client.route, streamPath)
  const [socket, proof] = await Promise.all([dial(client.route, limited), client.prove('GET', url, grant)])
  try {
    return await upgrade(url, socket, { ...headers, authorization: `DPoP ${grant}`, dpop: proof }, limited)
  } catch (error) {
    socket.destroy()
    if (signal.aborted) throw signal.reason
    throw reachError(url, limited.aborted ? new Error('timed out') : error, client.route.proxy)
  }
}

function upgrade(url: URL, socket: Socket, identity: Record<string, string>, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const asking = request({
    createConnection: () => socket,
    path: url.pathname,
    headers: { host: url.host, connection: 'Upgrade', upgrade: streamProtocol, ...identity },
  })
  const stop = (): void => void asking.destroy(signal.reason as Error)
  signal.addEventListener('abort', stop, { once: true })
  asking.once('error', reject)
  asking.once('upgrade', (answer: IncomingMessage, upgraded: Socket, head: Buffer) => {
    if (answer.statusCode !== 101 || answer.headers.upgrade !== streamProtocol)
      return reject(new HoopError('GATEWAY_VERSION', `it upgraded to ${String(answer.headers.upgrade)}`))
    if (head.length > 0) upgraded.unshift(head)
    upgraded.setNoDelay(true)
    upgraded.setKeepAlive(true, 30_000)
    resolve(upgraded)
  })
  asking.once('response', (answer: IncomingMessage) => {
    readAll(answer).then((body) => reject(remoteError(url, answer.statusCode ?? 0, body)), reject)
  })
  asking.end()
  return promise.finally(() => signal.removeEventListener('abort', stop))
}

async function readAll(answer: IncomingMessage): Promise<string> {
  let whole = ''
  for await (const part of answer.setEncoding('utf8') as AsyncIterable<string>) {
    whole += part
    if (whole.length > most) break
  }
  return whole
}
