import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import { HoopError } from '../../lib/errors.js'

const derive = promisify(pbkdf2)
const hmac = (key: Buffer, text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest()
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

/** A server that asks for more rounds than this is hostile: the default is 4,096. */
const MAX_ITERATIONS = 1_000_000

/**
 * The client's side of SCRAM-SHA-256, and of SCRAM-SHA-256-PLUS where the server offers it over TLS.
 * @see RFC 5802, RFC 7677; RFC 5929 section 4 for tls-server-end-point
 */
export class Scram {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS'
  readonly #password: string
  readonly #nonce = randomBytes(18).toString('base64')
  readonly #header: string
  readonly #binding: Buffer
  #serverSignature: Buffer | undefined

  /** @param certificate the server's, DER, where the connection is TLS */
  constructor(mechanisms: readonly string[], password: string, certificate?: Buffer) {
    const binding = certificate && endPoint(certificate)
    const offered = mechanisms.includes('SCRAM-SHA-256-PLUS')
    const plus = offered && binding !== undefined
    if (!plus && !mechanisms.includes('SCRAM-SHA-256'))
      throw new HoopError('UPSTREAM_LOGIN', `it offers only ${mechanisms.join(', ')}`)
    this.mechanism = plus ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256'
    // "y" says: I could bind but saw no offer; so the server finds out a man in the middle who hid it.
    this.#header = plus ? 'p=tls-server-end-point,,' : binding && !offered ? 'y,,' : 'n,,'
    this.#binding = plus ? binding : Buffer.alloc(0)
    this.#password = password.normalize('NFKC')
  }

  first(): Buffer {
    return Buffer.from(`${this.#header}n=,r=${this.#nonce}`)
  }

  /** @param message the server's first. @throws {HoopError} UPSTREAM_LOGIN */
  async final(message: string): Promise<Buffer> {
    const { r: nonce = '', s: salt = '', i: rounds = '' } = attributes(message)
    const iterations = Number(rounds)
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length || salt === '')
      throw new HoopError('UPSTREAM_LOGIN', 'its SCRAM challenge is malformed')
    if (!(iterations >= 1 && iterations <= MAX_ITERATIONS))
      throw new HoopError('UPSTREAM_LOGIN', `its SCRAM challenge asks for ${rounds} rounds`)
    const salted = await derive(this.#password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256')
    const clientKey = hmac(salted, 'Client Key')
    const withoutProof = `c=${Buffer.concat([Buffer.from(this.#header), this.#binding]).toString('base64')},r=${nonce}`
    const exchanged = `n=,r=${this.#nonce},${message},${withoutProof}`
    const signature = hmac(sha256(clientKey), exchanged)
    const proof = clientKey.map((byte, i) => byte ^ signature[i]!)
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), exchanged)
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`)
  }

  /** The server proves that it knows the password too. @throws {HoopError} UPSTREAM_LOGIN */
  verify(message: string): void {
    const signature = Buffer.from(attributes(message)['v'] ?? '', 'base64')
    const expected = this.#serverSignature
    if (!expected || signature.length !== expected.length || !timingSafeEqual(signature, expected))
      throw new HoopError('UPSTREAM_LOGIN', 'the server did not prove that it knows the password')
  }
}

const attributes = (message: string): Record<string, string> =>
  Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))

/** Hash of the certificate with the hash of its signature, where MD5 and SHA-1 count as SHA-256; some signatures have none. */
const endPoint = (der: Buffer): Buffer | undefined => {
  const algorithm = new X509Certificate(der).signatureAlgorithm ?? ''
  const name = /sha-?(384|512|224|256|1)|md5/i.exec(algorithm)
  if (!name) return undefined
  return createHash(name[1] === undefined || name[1] === '1' ? 'sha256' : `sha${name[1]}`)
    .update(der)
    .digest()
}
