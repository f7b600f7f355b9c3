import { once } from 'node:events'
import { Agent, type ClientRequestArgs, type IncomingMessage, request } from 'node:http'
import type { Duplex } from 'node:stream'
import { dial, type Route } from './dial.js'

/** Milliseconds until an answer's headers, between two parts of its body, and until an unused connection is given up. */
const [patience, idle] = [30_000, 10_000]

/** Node's own HTTP client over connections that `dial` makes: a library for it takes longer to load than most commands to run. */
class Connections extends Agent {
  readonly #route: Route
  readonly #signal: AbortSignal

  constructor(route: Route, signal: AbortSignal) {
    super({ keepAlive: true, timeout: idle })
    this.#route = route
    this.#signal = signal
  }

  // The base class's own takes a callback in place of a returned socket; a rejection has no socket to give.
  override createConnection(_: ClientRequestArgs, done?: (error: Error | null, socket: Duplex) => void): undefined {
    dial(this.#route, this.#signal).then(
      (socket) => {
        // `dial` keeps half-open ends for PostgreSQL's sake. HTTP has no use for a connection that the server has ended.
        socket.once('end', () => socket.end())
        done?.(null, socket)
      },
      (error: Error) => done?.(error, undefined as never),
    )
    return undefined
  }
}

/** Connections to one server, kept open between requests. `destroy` closes them. */
export const connections = (route: Route, signal: AbortSignal): Agent => new Connections(route, signal)

export type Method = 'GET' | 'POST' | 'DELETE'

export interface Sent {
  readonly method: Method
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/**
 * Sends a request and waits for the answer's headers; the body follows as a stream.
 * @throws {Error} what `dial` throws, Node's error codes, `timed out`, or that the signal aborted
 */
export async function send(agent: Agent, { method, url, headers, body, signal }: Sent): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const path = url.pathname + url.search
  const asking = request({
    ...{ agent, host, port: url.port, path, method, signal, timeout: patience },
    headers: { host: url.host, ...headers },
  })
  asking.on('timeout', () => asking.destroy(new Error('timed out')))
  // What happens after the headers is heard of at the body; unheard here it would end the process.
  asking.on('error', () => undefined)
  asking.end(body)
  try {
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    return answer
  } catch (error) {
    // The server may have ended a kept connection in the very moment of the request: nothing of it was looked at then.
    const stale = asking.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
    if (stale && method === 'GET' && !signal.aborted) return send(agent, { method, url, headers, signal })
    throw error
  }
}

/** The whole body. @throws {Error} where the connection breaks, or the signal aborts */
export async function textOf(answer: IncomingMessage): Promise<string> {
  let whole = ''
  for await (const part of answer.setEncoding('utf8') as AsyncIterable<string>) whole += part
  return whole
}
