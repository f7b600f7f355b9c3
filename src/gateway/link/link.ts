import { constants, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { SignedRequest } from '../../identity/authenticator.js'
import type { Grant } from '../../identity/types.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { Heartbeat } from '../../lib/link/heartbeat.js'
import * as names from '../../lib/link/names.js'
import { LastingStream } from '../../lib/link/lasting-stream.js'
import { LastingStreams, MOST_UNCONFIRMED } from '../../lib/link/lasting-streams.js'
import { asksToLast, readResumption, writeKept } from '../../lib/link/resumption.js'
import { LinkStream } from '../../lib/link/stream.js'
import { forClients } from '../../lib/readers.js'
import type { AddressOf } from '../server/admission/client-address.js'
import type { Arrival, Keep } from './arrival.js'
import { beginHttp2 } from './http2.js'
import { refuseStream } from './refusal.js'

export interface LinkOptions {
  /** Milliseconds from the TLS handshake until the link is open. */
  readonly patience: number
  /** Milliseconds without a word after which a link is broken. */
  readonly silence: number
  /** Largest headers of a request, bytes. */
  readonly headerSize: number
  /** Where a request comes from. */
  readonly address: AddressOf
  /** Who opens it, and room for it. @throws {HoopError} of the identity codes, and of limits */
  readonly open: (request: SignedRequest, address: string | undefined) => Promise<Opened>
  /** Somebody asks for a stream. */
  readonly arrived: (arrival: Arrival) => void
  /** A PING was, after so many milliseconds. */
  readonly answered: (milliseconds: number) => void
  /** It is closed, whether it was open or not. @param lost it was, and nobody has said goodbye */
  readonly closed: (lost: boolean) => void
}

/** What comes of opening a link. */
export interface Opened {
  readonly grant: Grant
  /** Given back when it is closed. */
  readonly room: Disposable
}

/** Requests that are none of a link's after which it is closed. */
const MOST_STRAYS = 64

/**
 * One HTTP/2 connection of an agent. Its first stream opens it, with a grant and a proof of the key that it is bound to;
 * each other is a PostgreSQL connection, whose grant must be bound to the same key. Nothing else is served on it.
 * @see RFC 8441; RFC 9113
 */
export class Link {
  readonly #socket: TLSSocket
  readonly #session: ServerHttp2Session
  readonly #options: LinkOptions
  readonly #streams = new Set<LinkStream>()
  #lasting: LastingStreams | undefined
  readonly #owned = new DisposableStack()
  readonly #late: NodeJS.Timeout
  #state: 'new' | 'opening' | 'open' | 'closed' = 'new'
  /** The agent, or this side, has said goodbye. */
  #left = false
  #why = 'its connection broke off'
  #strays = 0
  /** Thumbprint of the agent's key. */
  #key: string | undefined

  constructor(socket: TLSSocket, options: LinkOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('error', () => undefined)
    // Before HTTP/2 hears of it: to that, all streams are cancelled then.
    socket.on('close', () => this.#end())
    const session = (this.#session = beginHttp2(socket, options.headerSize))
    session.on('error', () => undefined)
    session.on('close', () => this.#end())
    session.on('goaway', () => (this.#left = true))
    session.on('stream', (stream, headers) => this.#stream(stream, headers))
    this.#late = setTimeout(() => socket.destroy(), options.patience)
  }

  /** Takes no more streams; those that are there go on. */
  drain(): void {
    if (!this.#session.destroyed) this.#session.goaway(constants.NGHTTP2_NO_ERROR)
  }

  /** Ends it and whatever is on it. */
  close(): void {
    this.#left = true
    if (!this.#session.destroyed) this.#session.destroy()
  }

  /** Gives it up without a word, which would not arrive. */
  abandon(): void {
    this.#socket.destroy()
  }

  #stream(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    stream.on('error', () => undefined)
    const { ':method': method, ':protocol': protocol, ':path': url = '' } = headers
    if (method !== 'CONNECT' || protocol === undefined) return this.#stray(stream, constants.NGHTTP2_HTTP_1_1_REQUIRED)
    const request: SignedRequest = {
      ...{ method, url, host: headers[':authority'], authorization: headers.authorization },
      address: this.#addressOf(headers),
      dpop: typeof headers['dpop'] === 'string' ? headers['dpop'] : undefined,
    }
    const path = url.split('?', 1)[0]
    const opens = path === names.linkPath && protocol === names.linkProtocol
    if (this.#state !== (opens ? 'new' : 'open')) return this.#stray(stream, constants.NGHTTP2_REFUSED_STREAM)
    if (opens) void this.#open(stream, request, headers)
    else if (path !== names.streamPath) refuseStream(stream, new HoopError('NOT_FOUND', path))
    else if (protocol !== names.streamProtocol)
      refuseStream(stream, new HoopError('GATEWAY_VERSION', `a stream speaks ${names.streamProtocol}`))
    else this.#options.arrived(this.#arrival(stream, request, headers))
  }

  /** Not what a link is for, by mistake perhaps: a browser that a proxy has led here tries HTTP/1.1 then. */
  #stray(stream: ServerHttp2Stream, code: number): void {
    stream.close(code)
    if (++this.#strays <= MOST_STRAYS) return
    this.#left = true
    this.#session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM)
  }

  async #open(stream: ServerHttp2Stream, request: SignedRequest, headers: IncomingHttpHeaders): Promise<void> {
    const { open, silence, answered } = this.#options
    this.#state = 'opening'
    try {
      const { grant, room } = await open(request, this.#addressOf(headers))
      // It may have closed meanwhile: then nobody else gives the room back.
      if (this.#socket.destroyed || stream.destroyed) {
        room[Symbol.dispose]()
        return this.abandon()
      }
      this.#owned.use(room)
      this.#owned.use(new Heartbeat(this.#session, this.#socket, { silence, answered, broken: () => this.#broken() }))
      this.#key = grant.principal.jkt
      this.#state = 'open'
      clearTimeout(this.#late)
      stream.respond({ ':status': 200, [names.silenceHeader]: String(silence) })
      const lie = (): void => void this.#session.destroy(undefined, constants.NGHTTP2_PROTOCOL_ERROR)
      this.#lasting = this.#owned.use(new LastingStreams(stream, () => this.#loss, lie))
      // Open as long as the link: whoever ends it is about to leave.
      stream.on('end', () => stream.end())
    } catch (error) {
      if (this.#state === 'opening') this.#state = 'new'
      refuseStream(stream, forClients(asHoopError(error)))
    }
  }

  #arrival(stream: ServerHttp2Stream, request: SignedRequest, headers: IncomingHttpHeaders): Arrival {
    const resumption = readResumption(String(headers[names.resumeHeader] ?? ''))
    return {
      request,
      address: this.#addressOf(headers),
      retry: headers[names.approvalHeader] === 'retry',
      head: Buffer.alloc(0),
      admit: ({ principal }) => {
        if (principal.jkt !== this.#key)
          throw new HoopError('GRANT_INVALID', 'it is bound to another key than the link')
      },
      resumption,
      accept: (keep) =>
        keep && headers[names.resumeHeader] === asksToLast ? this.#acceptLasting(stream, keep) : this.#accept(stream),
      resume: (lasting) => this.#resume(stream, lasting, resumption?.received ?? 0),
      refuse: (error) => refuseStream(stream, error),
      passed: () => undefined,
    }
  }

  #accept(carrier: ServerHttp2Stream): Duplex {
    if (!carrier.destroyed) carrier.respond({ ':status': 200 })
    const stream = new LinkStream(carrier, () => this.#loss)
    stream.on('error', () => undefined)
    this.#streams.add(stream)
    stream.once('close', () => this.#streams.delete(stream))
    return stream
  }

  #acceptLasting(carrier: ServerHttp2Stream, { time, add }: Keep): Duplex {
    const stream = new LastingStream({ keep: time, bound: MOST_UNCONFIRMED })
    stream.on('error', () => undefined)
    const id = add(stream)
    if (!carrier.destroyed) carrier.respond({ ':status': 200, [names.resumeHeader]: writeKept(id, time) })
    this.#lasting?.begin(stream, carrier)
    return stream
  }

  #resume(carrier: ServerHttp2Stream, stream: LastingStream, position: number): void {
    if (carrier.destroyed || carrier.closed) return
    // Nothing more is taken from the link before, so that the position stands.
    stream.detach()
    carrier.respond({ ':status': 200, [names.resumeHeader]: String(stream.received) })
    this.#lasting?.resume(stream, carrier, position)
  }

  #addressOf(headers: IncomingHttpHeaders): string | undefined {
    return this.#options.address({ headers, socket: this.#socket })
  }

  #broken(): void {
    this.#why = `nothing was heard for ${this.#options.silence / 1000} s`
    this.abandon()
  }

  #end(): void {
    if (this.#state === 'closed') return
    const lost = this.#state === 'open' && !this.#left
    this.#state = 'closed'
    clearTimeout(this.#late)
    this.#owned.dispose()
    this.#socket.destroy()
    for (const stream of this.#streams) if (!stream.ended) stream.destroy(this.#loss)
    this.#options.closed(lost)
  }

  /** What streams end by that are broken off now. */
  get #loss(): HoopError | undefined {
    if (this.#left || !(this.#session.destroyed || this.#socket.destroyed)) return undefined
    return new HoopError('NETWORK_LOST', this.#why)
  }
}
