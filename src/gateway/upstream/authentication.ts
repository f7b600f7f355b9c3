import { createHash } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { HoopError } from '../../lib/errors.js'
import { password as passwordMessage } from '../../wire/frontend.js'
import type { UpstreamTarget } from './target.js'
import { Scram } from './scram.js'

const int32 = (value: number): Buffer => {
  const out = Buffer.allocUnsafe(4)
  out.writeInt32BE(value)
  return out
}

/**
 * Answers the server's AuthenticationXXX messages: trust, cleartext (only over TLS), md5, SCRAM-SHA-256.
 * @see PostgreSQL documentation, "Message Flow: Start-up"
 */
export class Authentication {
  readonly #target: UpstreamTarget
  readonly #tls: TLSSocket | undefined
  #scram: Scram | undefined
  #proved = false
  /** AuthenticationOk came, and came rightly. */
  done = false

  constructor(target: UpstreamTarget, tls: TLSSocket | undefined) {
    this.#target = target
    this.#tls = tls
  }

  /**
   * @param body of an Authentication message
   * @returns the message to send, if any
   * @throws {HoopError} UPSTREAM_LOGIN, SECRET_MISSING
   */
  async answer(body: Buffer): Promise<Buffer | undefined> {
    if (body.length < 4) throw new HoopError('UPSTREAM_LOGIN', 'its authentication request is malformed')
    const kind = body.readInt32BE(0)
    const data = body.subarray(4)
    switch (kind) {
      case 0:
        if (this.#scram && !this.#proved) throw new HoopError('UPSTREAM_LOGIN', 'the server broke off SCRAM')
        this.done = true
        return undefined
      case 3:
        if (!this.#tls)
          throw new HoopError('UPSTREAM_LOGIN', 'the server asks for the password in clear and there is no TLS')
        return passwordMessage(this.#password())
      case 5: {
        const inner = createHash('md5')
          .update(this.#password() + this.#target.user)
          .digest('hex')
        return passwordMessage(`md5${createHash('md5').update(inner).update(data.subarray(0, 4)).digest('hex')}`)
      }
      case 10: {
        const mechanisms = data.toString('latin1').split('\0').filter(Boolean)
        this.#scram = new Scram(mechanisms, this.#password(), this.#tls?.getPeerX509Certificate()?.raw)
        const first = this.#scram.first()
        return passwordMessage(Buffer.concat([Buffer.from(`${this.#scram.mechanism}\0`), int32(first.length), first]))
      }
      case 11:
        if (!this.#scram) throw new HoopError('UPSTREAM_LOGIN', 'its SCRAM exchange is out of order')
        return passwordMessage(await this.#scram.final(data.toString('utf8')))
      case 12:
        this.#scram?.verify(data.toString('utf8'))
        this.#proved = true
        return undefined
      default:
        throw new HoopError('UPSTREAM_LOGIN', `it asks for authentication method ${kind}, which is not supported`)
    }
  }

  #password(): string {
    const password = this.#target.password()
    if (password === undefined)
      throw new HoopError('UPSTREAM_LOGIN', 'the server asks for a password and none is configured')
    return password
  }
}
