import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { deadline } from '../../lib/deadline.js'
import type { GatewayInfo } from '../../lib/api.js'
import { HoopError } from '../../lib/errors.js'
import { dial, endpoint, type Route } from './reach/dial.js'
import { reachError } from './reach/reach-error.js'

/** Largest answer read, bytes. */
const most = 64 * 1024

/** What a gateway says of itself, and by how many milliseconds its clock is ahead of this machine's. */
export interface Reached {
  readonly info: GatewayInfo
  readonly ahead: number
}

/**
 * `GET /v1/gateway`, with Node's own client: this is the request of `hoop status`, which must start quickly.
 * @throws {HoopError} GATEWAY_… where it can't be reached, trusted or understood
 */
export async function reachGateway(route: Route, timeout: number, signal?: AbortSignal): Promise<Reached> {
  const limited = deadline(timeout, signal)
  const socket = await dial(route, limited).catch((error: unknown) => {
    if (limited.aborted && !signal?.aborted) throw reachError(route.url, new Error('timed out'), route.proxy)
    throw error
  })
  try {
    const asking = request({
      createConnection: () => socket,
      path: endpoint(route, '/v1/gateway').pathname,
      headers: { host: route.url.host, accept: 'application/json', connection: 'close' },
      signal: limited,
    })
    asking.end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    const heard = Date.now()
    const info = understand(route.url, answer.statusCode ?? 0, await text(answer))
    return { info, ahead: Date.parse(info.time) - heard }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw reachError(route.url, limited.aborted ? new Error('timed out') : error, route.proxy)
  } finally {
    socket.destroy()
  }
}

async function text(answer: IncomingMessage): Promise<string> {
  let whole = ''
  for await (const part of answer.setEncoding('utf8') as AsyncIterable<string>) {
    whole += part
    if (whole.length > most) break
  }
  return whole
}

function understand(url: URL, status: number, body: string): GatewayInfo {
  const info = parse(body)
  if (status !== 200 || typeof info?.issuer !== 'string' || typeof info.clientId !== 'string')
    throw new HoopError('GATEWAY_UNREACHABLE', `what answers at ${url.host} is no hoop gateway`, {
      hint: 'Check the address; the gateway’s operator knows it.',
    })
  const {
    issuer,
    clientId,
    tunnel,
    version = 'of unknown version',
    scopes = [],
    time = new Date().toISOString(),
  } = info
  if (tunnel !== 'hoop-pg/1')
    throw new HoopError('GATEWAY_VERSION', `the gateway is ${version} and speaks ${String(tunnel)}`)
  return { issuer, clientId, tunnel, version, scopes, time }
}

function parse(body: string): Partial<GatewayInfo> | undefined {
  try {
    return JSON.parse(body) as Partial<GatewayInfo>
  } catch {
    return undefined
  }
}

/** Milliseconds of difference that tokens and proofs bear. */
export const toleratedSkew = 60_000

/** @param ahead milliseconds by which the gateway's clock is ahead */
export const skewError = (ahead: number): HoopError =>
  new HoopError(
    'CLOCK_SKEW',
    `this machine is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'behind' : 'ahead'}`,
  )
