import { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { signatureAlgorithmHashFromCertificate } from 'pg/lib/crypto/cert-signatures.js'
import { continueSession, finalizeSession, startSession, type ScramSession } from 'pg/lib/crypto/sasl.js'
import { HoopError } from '../../../lib/errors.js'

/** A server that asks for more rounds than this is hostile: the default is 4,096. */
export const MAX_ITERATIONS = 1_000_000

/** Hashes that pg's SASL can bind to; MD5 and SHA-1 count as SHA-256. */
const hashes = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']

/**
 * The connection, if an exchange on it can be bound to the server's certificate. Ed25519 names no hash: PostgreSQL
 * offers to bind to such a certificate, and fails when it is done.
 * @see RFC 5929, section 4.1 (tls-server-end-point)
 */
export const bindable = (socket: Socket | TLSSocket): TLSSocket | undefined => {
  if (!(socket instanceof TLSSocket)) return undefined
  // Not getPeerX509Certificate: in Node 24 it takes the certificate away from the connection, and pg asks for it too.
  const { raw } = socket.getPeerCertificate()
  try {
    if (new X509Certificate(raw).signatureAlgorithm === 'ED25519') return undefined
    return hashes.includes(signatureAlgorithmHashFromCertificate(raw)) ? socket : undefined
  } catch {
    return undefined
  }
}

/**
 * The client's side of SCRAM-SHA-256, and of SCRAM-SHA-256-PLUS where the server offers it over TLS. Over TLS without
 * that offer it says so ("y"), by which the server finds out a man in the middle who hid it.
 * @see RFC 5802, RFC 7677
 */
export class Scram {
  readonly #password: string
  readonly #stream: TLSSocket | undefined
  readonly #session: ScramSession

  /** @throws {HoopError} UPSTREAM_LOGIN where none of the mechanisms will do */
  constructor(mechanisms: readonly string[], password: string, socket: Socket | TLSSocket) {
    this.#password = password
    this.#stream = bindable(socket)
    try {
      this.#session = startSession(mechanisms, this.#stream, MAX_ITERATIONS)
    } catch (cause) {
      throw new HoopError('UPSTREAM_LOGIN', `it offers only ${mechanisms.join(', ')}`, { cause })
    }
  }

  get mechanism(): string {
    return this.#session.mechanism
  }

  first(): string {
    return this.#session.response
  }

  /** @param challenge the server's first message. @throws {HoopError} UPSTREAM_LOGIN */
  async final(challenge: string): Promise<string> {
    try {
      await continueSession(this.#session, this.#password, challenge, this.#stream)
    } catch (cause) {
      throw new HoopError('UPSTREAM_LOGIN', `its SCRAM challenge: ${reason(cause)}`, { cause })
    }
    return this.#session.response
  }

  /** The server proves that it knows the password too. @throws {HoopError} UPSTREAM_LOGIN */
  verify(proof: string): void {
    try {
      finalizeSession(this.#session, proof)
    } catch (cause) {
      throw new HoopError('UPSTREAM_LOGIN', 'the server did not prove that it knows the password', { cause })
    }
  }
}

/** pg says first in which message it was, which is clear here. */
const reason = (cause: unknown): string => (cause as Error).message.replace(/^SASL: (?:[A-Z-]+: )?/, '')
