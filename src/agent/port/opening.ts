import { HoopError } from '../../lib/errors.js'
import { readStartup, startupSize } from '../../wire/startup.js'
import { Frontend } from '../../wire/tags.js'

/** SSLRequest and GSSENCRequest are each asked for once, before the connection request. */
const mostNegotiations = 2

/** What a client that just connected wants. */
export type Opening =
  /** Its whole StartupMessage, or CancelRequest; `rest` came behind it. */
  | { readonly kind: 'startup' | 'cancel'; readonly message: Buffer; readonly rest: Buffer }
  /** It asks for encryption: answer with one byte `N` and read on. */
  | { readonly kind: 'negotiate' }
  /** It speaks TLS or HTTP, or takes its leave: close, say nothing. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'more' }

/**
 * Reads the unencrypted start of a connection. No I/O: give it bytes as they come; it holds 10,000 at most.
 * @see PostgreSQL documentation, "Message Flow: Start-up", "SSL Session Encryption", "GSSAPI Session Encryption"
 */
export class OpeningReader {
  #held: Buffer = Buffer.alloc(0)
  #negotiations = 0

  /** @throws {HoopError} STARTUP_INVALID, PROTOCOL_VERSION */
  push(chunk: Buffer): Opening {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    if (isForeign(this.#held)) return { kind: 'foreign' }
    const size = startupSize(this.#held)
    if (size === undefined || this.#held.length < size) return { kind: 'more' }
    const message = this.#held.subarray(0, size)
    const { kind } = readStartup(message)
    if (kind === 'ssl' || kind === 'gss') return this.#negotiate(size)
    return { kind, message, rest: this.#held.subarray(size) }
  }

  #negotiate(size: number): Opening {
    // Bytes behind the request would be taken as if they had come encrypted (CVE-2021-23214).
    if (this.#held.length !== size) throw new HoopError('STARTUP_INVALID', 'bytes follow a request for encryption')
    if (++this.#negotiations > mostNegotiations)
      throw new HoopError('STARTUP_INVALID', 'it asks for encryption again and again')
    this.#held = Buffer.alloc(0)
    return { kind: 'negotiate' }
  }
}

/** A TLS handshake record, an HTTP request, or a Terminate: PostgreSQL's own start with a zero byte. */
const isForeign = (held: Buffer): boolean =>
  held[0] === 0x16 ||
  held[0] === Frontend.Terminate ||
  /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PRI) /.test(held.toString('latin1', 0, 8))
