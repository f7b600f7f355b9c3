import type { Agent, IncomingMessage } from 'node:http'
import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import { type Credentials, loginCredentials, environmentCredentials } from '../login/credentials.js'
import { workloadCredentials } from '../login/workload/credentials.js'
import { endpoint, type Route } from './reach/dial.js'
import type { Environment } from '../files/environment.js'
import { skewError, toleratedSkew } from './gateway-info.js'
import { connections, type Method, send, textOf } from './reach/http.js'
import { prove } from '../login/proof.js'
import { reachError } from './reach/reach-error.js'
import { remoteError } from './remote-error.js'
import { findTarget, type Target } from './target.js'

/** Milliseconds for a token, which may have to be renewed at the identity provider. */
const patience = 30_000

export interface ClientOptions {
  readonly env: Environment
  /** Name of a profile or URL; without it HOOP_GATEWAY, then the current profile. */
  readonly gateway?: string | undefined
  /** Ends every wait. */
  readonly signal: AbortSignal
}

/**
 * Requests to one gateway as one person: ID token and proof of possession on each (RFC 9449), through the environment's
 * proxy, trusting the profile's CA. Every failure is a HoopError; the gateway's own errors keep their words.
 */
export class GatewayClient {
  readonly route: Route
  readonly credentials: Credentials
  readonly #signal: AbortSignal
  readonly #agent: Agent

  constructor(route: Route, credentials: Credentials, signal: AbortSignal) {
    this.route = route
    this.credentials = credentials
    this.#signal = signal
    this.#agent = connections(route, signal)
  }

  /** @param path with its query: `/v1/sessions?live=true` */
  async get<T>(path: string): Promise<T> {
    return (await this.#json('GET', path)) as T
  }

  async post<T>(path: string, body: object): Promise<T> {
    return (await this.#json('POST', path, body)) as T
  }

  async delete(path: string): Promise<void> {
    await this.#json('DELETE', path)
  }

  /** The values of an `application/x-ndjson` answer as they arrive. The body is closed when the loop is left. */
  async *lines<T>(path: string): AsyncGenerator<T> {
    const body = await this.#request('GET', path)
    let rest = ''
    try {
      for await (const part of body.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = (rest + part).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) if (line) yield JSON.parse(line) as T
      }
    } catch (error) {
      throw this.#explain(error)
    } finally {
      body.destroy()
    }
    if (rest) yield JSON.parse(rest) as T
  }

  /** The bytes of an answer as they arrive. The body is closed when the loop is left. */
  async *bytes(path: string): AsyncGenerator<Buffer> {
    const body = await this.#request('GET', path)
    try {
      for await (const part of body as AsyncIterable<Buffer>) yield part
    } catch (error) {
      throw this.#explain(error)
    } finally {
      body.destroy()
    }
  }

  /** A proof for a request with a token that is not the ID token: a grant. */
  prove(method: string, url: URL, token: string): Promise<string> {
    return prove(this.credentials.key, method, url, token)
  }

  close(): void {
    this.#agent.destroy()
  }

  async #json(method: Method, path: string, body?: object): Promise<unknown> {
    const answer = await this.#request(method, path, body)
    const text = await textOf(answer).catch((error: unknown) => {
      throw this.#explain(error)
    })
    return text === '' ? undefined : JSON.parse(text)
  }

  async #request(method: Method, path: string, body?: object): Promise<IncomingMessage> {
    const url = endpoint(this.route, path)
    const token = await this.credentials.token(deadline(patience, this.#signal))
    const headers = {
      accept: 'application/json, application/x-ndjson',
      authorization: `DPoP ${token}`,
      dpop: await this.prove(method, url, token),
      ...(body && { 'content-type': 'application/json' }),
    }
    const sent = { method, url, headers, signal: this.#signal, ...(body && { body: JSON.stringify(body) }) }
    const answer = await send(this.#agent, sent).catch((error: unknown) => {
      throw this.#explain(error)
    })
    const { statusCode: status = 0 } = answer
    if (status >= 200 && status < 300) return answer
    const text = await textOf(answer).catch(() => '')
    throw this.#refusal(answer, remoteError(url, status, text))
  }

  /** A refused token or proof is most often a wrong clock: the Date header tells. */
  #refusal(answer: IncomingMessage, error: HoopError): HoopError {
    const ahead = Date.parse(String(answer.headers.date)) - Date.now()
    const blamable = answer.statusCode === 401 && Math.abs(ahead) > toleratedSkew
    return blamable ? new HoopError('CLOCK_SKEW', skewError(ahead).message.split(': ')[1], { cause: error }) : error
  }

  #explain(error: unknown): unknown {
    if (this.#signal.aborted) return this.#signal.reason
    return reachError(this.route.url, error, this.route.proxy)
  }
}

/**
 * The client for the gateway that the flags and the environment mean, as who is logged in there, as HOOP_TOKEN says,
 * or as the platform does.
 * @throws {HoopError} NOT_LOGGED_IN, TOKEN_INVALID, CONFIG_INVALID
 */
export async function openClient({ env, gateway, signal }: ClientOptions): Promise<GatewayClient> {
  const target = await findTarget(env, gateway)
  return new GatewayClient(target.route, await credentialsOf(env, target), signal)
}

async function credentialsOf(env: Environment, { route, token, profile, source }: Target): Promise<Credentials> {
  if (token !== undefined) return environmentCredentials(token, env)
  return source ? workloadCredentials(env, route, source) : loginCredentials(env, profile)
}
