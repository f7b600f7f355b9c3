import { type ClientHttp2Session, type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { deadline } from '../../lib/deadline.js'
import { HoopError } from '../../lib/errors.js'
import { Heartbeat } from '../../lib/link/heartbeat.js'
import { breakOff } from '../../lib/link/break-off.js'
import { LastingStream } from '../../lib/link/lasting-stream.js'
import { LastingStreams, MOST_UNCONFIRMED } from '../../lib/link/lasting-streams.js'
import {
  linkPath,
  linkProtocol,
  resumeHeader,
  silenceHeader,
  streamPath,
  streamProtocol,
} from '../../lib/link/names.js'
import { asksToLast, readKept, type Resumption, writeResumption } from '../../lib/link/resumption.js'
import { LinkStream } from '../../lib/link/stream.js'
import type { GatewayClient } from '../api/client.js'
import { endpoint } from '../api/reach/dial.js'
import { reachError } from '../api/reach/reach-error.js'
import { answerTo, NotTaken } from './answer.js'
import { extendedConnect } from './http2.js'
import type { LinkRequest } from './link-request.js'

/** Milliseconds from a request to the gateway's answer. */
const timeout = 15_000
/** Streams on a link, beyond which the next one gets another: what is lost with one link, and waits behind a long result. */
const MOST_STREAMS = 32
/** Milliseconds that a goodbye may take. */
const FAREWELL = 500
/** Milliseconds of silence where the gateway names none. */
const usualSilence = 30_000

/**
 * An HTTP/2 connection to the gateway, which carries PostgreSQL connections as streams. Its first stream opens it, and stays.
 * @see RFC 8441
 */
export class Link {
  readonly #client: GatewayClient
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #streams = new Set<LinkStream>()
  #heartbeat: Heartbeat | undefined
  #control: ClientHttp2Stream | undefined
  #lasting: LastingStreams | undefined
  /** Streams, and requests for streams. */
  #live = 0
  /** One side has said that nothing new begins here. */
  #closing = false
  /** This side has said goodbye. */
  #closed = false
  #over = false
  #why = 'the connection to the gateway broke off'

  private constructor(client: GatewayClient, socket: Socket, session: ClientHttp2Session) {
    this.#client = client
    this.#socket = socket
    this.#session = session
    session.on('error', () => undefined)
    session.on('goaway', () => (this.#closing = true))
    session.on('close', () => this.#end())
    socket.prependListener('close', () => this.#end())
    // Half of a TLS connection is none: nothing could be answered.
    socket.once('end', () => socket.destroy())
  }

  /**
   * @param grant any of this person's and this key's
   * @returns undefined where the gateway, or what is before it, has no HTTP/2 with extended CONNECT
   * @throws {HoopError} GATEWAY_…, and the gateway's own refusal
   */
  static async open(client: GatewayClient, grant: string, signal: AbortSignal): Promise<Link | undefined> {
    const { route } = client
    const made = await extendedConnect(route, signal)
    if (!made) return undefined
    const link = new Link(client, made.socket, made.session)
    try {
      const [control, headers] = await link.#ask(linkPath, linkProtocol, grant, {}, undefined, signal)
      link.#control = control.on('close', () => (link.#closing = true))
      link.#lasting = new LastingStreams(
        control,
        () => link.#loss,
        () => link.#break(),
      )
      link.#watch(Number(headers[silenceHeader]) || usualSilence)
      return link
    } catch (error) {
      link.#socket.destroy()
      throw error
    }
  }

  /** Whether it takes another stream. */
  get hasRoom(): boolean {
    return !this.#closing && !this.#over && this.#live < MOST_STREAMS && !this.#session.destroyed
  }

  get isOver(): boolean {
    return this.#over
  }

  /** Gives it up where the machine has slept for so long that the gateway has, too. */
  check(): void {
    if (this.#heartbeat?.stale) this.#break()
  }

  /**
   * Opens a stream.
   * @throws {NotTaken} where the gateway has not looked at it: another link may be asked
   * @throws {HoopError} GATEWAY_…, and the gateway's own refusal
   */
  async stream(request: LinkRequest, signal: AbortSignal): Promise<LinkStream | LastingStream> {
    const { grant, first, headers, detached } = request
    this.#live++
    try {
      const asked = { ...headers, [resumeHeader]: asksToLast }
      const [carrier, answer] = await this.#ask(streamPath, streamProtocol, grant, asked, first, signal)
      const kept = readKept(String(answer[resumeHeader] ?? ''))
      if (kept && this.#lasting) {
        const lasting = new LastingStream({
          ...{ keep: kept.time, bound: MOST_UNCONFIRMED },
          detached: (stream) => detached(stream, kept.id),
        })
        lasting.on('error', () => undefined)
        this.#lasting.begin(lasting, carrier, first)
        this.#counted(carrier)
        return lasting
      }
      const stream = new LinkStream(carrier, () => this.#loss)
      stream.on('error', () => undefined)
      this.#streams.add(stream)
      stream.once('close', () => this.#streams.delete(stream))
      this.#counted(carrier)
      return stream
    } catch (error) {
      this.#left()
      throw error
    }
  }

  /**
   * Lets a stream of a link that was lost go on here.
   * @throws {NotTaken} as `stream` does
   * @throws {HoopError} GATEWAY_…, and the gateway's own refusal
   */
  async resume(stream: LastingStream, grant: string, resumption: Resumption, signal: AbortSignal): Promise<void> {
    this.#live++
    try {
      const headers = { [resumeHeader]: writeResumption(resumption) }
      const [carrier, answer] = await this.#ask(streamPath, streamProtocol, grant, headers, undefined, signal)
      const position = Number(answer[resumeHeader])
      if (!this.#lasting || stream.destroyed || !stream.canResumeAt(position)) {
        // Where the client has left, the gateway takes it for gone by this.
        breakOff(carrier)
        throw new HoopError('RESUME_REFUSED', 'the gateway has not what was sent')
      }
      this.#lasting.resume(stream, carrier, position)
      this.#counted(carrier)
    } catch (error) {
      this.#left()
      throw error
    }
  }

  /** Says goodbye: what is still on it ends at once. Resolves when the gateway has heard it, or has had the time to. */
  async close(): Promise<void> {
    this.#closing = this.#closed = true
    if (this.#session.destroyed) return
    const gone = new Promise((resolve) => this.#session.once('close', resolve))
    for (const stream of this.#streams) stream.destroy()
    this.#control?.close(constants.NGHTTP2_NO_ERROR)
    this.#session.close()
    const late = setTimeout(() => this.#session.destroy(), FAREWELL)
    await gone
    clearTimeout(late)
  }

  async #ask(
    path: string,
    protocol: string,
    grant: string,
    headers: Record<string, string>,
    first: Buffer | undefined,
    signal: AbortSignal,
  ): Promise<[ClientHttp2Stream, IncomingHttpHeaders]> {
    const url = endpoint(this.#client.route, path)
    const proof = await this.#client.prove('CONNECT', url, grant)
    const limited = deadline(timeout, signal)
    if (this.#over || this.#session.destroyed || this.#closing) throw new NotTaken()
    const carrier = this.#session.request(
      {
        ...{ ':method': 'CONNECT', ':protocol': protocol, ':scheme': 'https', ':path': url.pathname },
        ...{ ':authority': url.host, authorization: `DPoP ${grant}`, dpop: proof, ...headers },
      },
      { endStream: false },
    )
    if (first?.length) carrier.write(first)
    try {
      return [carrier, await answerTo(carrier, url, limited)]
    } catch (error) {
      carrier.close(constants.NGHTTP2_CANCEL)
      if (signal.aborted) throw signal.reason
      if (error instanceof NotTaken) throw error
      throw reachError(url, limited.aborted ? new Error('timed out') : error, this.#client.route.proxy)
    }
  }

  #watch(silence: number): void {
    const broken = (): void => {
      this.#why = `nothing was heard of the gateway for ${silence / 1000} s`
      this.#break()
    }
    this.#heartbeat = new Heartbeat(this.#session, this.#socket, { silence, broken })
  }

  /** Counts as a stream until it is closed. */
  #counted(carrier: ClientHttp2Stream): void {
    if (carrier.closed && carrier.destroyed) this.#left()
    else carrier.once('close', () => this.#left())
  }

  #left(): void {
    this.#live--
    if (this.#live === 0 && this.#closing) void this.close()
  }

  #break(): void {
    this.#socket.destroy()
    this.#end()
  }

  #end(): void {
    if (this.#over) return
    this.#over = true
    this.#heartbeat?.[Symbol.dispose]()
    this.#lasting?.[Symbol.dispose]()
    this.#socket.destroy()
    // What has come to its end may still be read.
    for (const stream of this.#streams) if (!stream.ended) stream.destroy(this.#loss)
  }

  /** What streams end by that are broken off now. */
  get #loss(): HoopError | undefined {
    if (this.#closed || !(this.#session.destroyed || this.#socket.destroyed)) return undefined
    return new HoopError('NETWORK_LOST', this.#why)
  }
}
