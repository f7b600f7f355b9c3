import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { HoopError } from '../../../lib/errors.js'
import { password as passwordMessage, saslInitialResponse, saslResponse } from '../../../wire/frontend.js'
import type { UpstreamTarget } from '../target.js'
import { Scram } from './scram.js'

/**
 * Answers the server's AuthenticationXXX messages: trust, cleartext (only over TLS), md5, SCRAM-SHA-256.
 * @see PostgreSQL documentation, "Message Flow: Start-up"
 */
export class Authentication {
  readonly #target: UpstreamTarget
  readonly #socket: Socket | TLSSocket
  #scram: Scram | undefined
  #proved = false
  /** AuthenticationOk came, and came rightly. */
  done = false

  constructor(target: UpstreamTarget, socket: Socket | TLSSocket) {
    this.#target = target
    this.#socket = socket
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
        if (!(this.#socket instanceof TLSSocket))
          throw new HoopError('UPSTREAM_LOGIN', 'the server asks for the password in clear and there is no TLS')
        return passwordMessage(await this.#password())
      case 5: {
        const inner = createHash('md5')
          .update((await this.#password()) + this.#target.user)
          .digest('hex')
        return passwordMessage(`md5${createHash('md5').update(inner).update(data.subarray(0, 4)).digest('hex')}`)
      }
      case 10: {
        const mechanisms = data.toString('latin1').split('\0').filter(Boolean)
        this.#scram = new Scram(mechanisms, await this.#password(), this.#socket)
        return saslInitialResponse(this.#scram.mechanism, this.#scram.first())
      }
      case 11:
        if (!this.#scram) throw new HoopError('UPSTREAM_LOGIN', 'its SCRAM exchange is out of order')
        return saslResponse(await this.#scram.final(data.toString('utf8')))
      case 12:
        if (!this.#scram) throw new HoopError('UPSTREAM_LOGIN', 'its SCRAM exchange is out of order')
        this.#scram.verify(data.toString('utf8'))
        this.#proved = true
        return undefined
      default:
        throw new HoopError('UPSTREAM_LOGIN', `it asks for authentication method ${kind}, which is not supported`)
    }
  }

  async #password(): Promise<string> {
    const password = await this.#target.password()
    if (password === undefined)
      throw new HoopError('UPSTREAM_LOGIN', 'the server asks for a password and none is configured')
    return password
  }
}
