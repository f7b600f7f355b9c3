import { constants, type Http2Stream } from 'node:http2'
import { Duplex } from 'node:stream'
import { breakOff } from './break-off.js'

/**
 * One PostgreSQL connection on a link, as a Duplex that ends as a socket does: `end` where the other side has said all that it
 * wanted, `close` without it where it was broken off. HTTP/2's own stream says `end` to both. Destroying it tells the other
 * side that it is broken off, unless everything has been sent.
 * @see RFC 9113, section 5.1, "Stream States"
 */
export class LinkStream extends Duplex {
  readonly #carrier: Http2Stream
  readonly #lost: () => Error | undefined
  #ended = false

  /**
   * @param carrier whose other side has been answered, or has answered
   * @param lost asked when it is broken off: whether the link is lost with it, by the error to destroy this with
   */
  constructor(carrier: Http2Stream, lost: () => Error | undefined) {
    super({ allowHalfOpen: true })
    this.#carrier = carrier
    this.#lost = lost
    carrier.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) carrier.pause()
    })
    carrier.on('end', () => {
      if (carrier.rstCode !== constants.NGHTTP2_NO_ERROR) return
      this.#ended = true
      this.push(null)
      // As sockets do: the end of one that is paused, and has nothing to read, is news too.
      this.read(0)
    })
    carrier.on('error', () => undefined)
    carrier.on('close', () => this.#closed())
    if (carrier.destroyed) this.#closed()
  }

  /** The other side has said all that it wanted. */
  get ended(): boolean {
    return this.#ended
  }

  /** Sends what is written, then lets go. */
  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else this.end(() => this.destroy())
  }

  override _read(): void {
    this.#carrier.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#carrier.write(chunk, (error) => this.#written(error, done))
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    const carrier = this.#carrier
    const last = chunks.length - 1
    carrier.cork()
    for (let i = 0; i < last; i++) carrier.write(chunks[i]!.chunk)
    carrier.write(chunks[last]!.chunk, (error) => this.#written(error, done))
    carrier.uncork()
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#carrier.destroyed) return done()
    this.#carrier.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const carrier = this.#carrier
    if (this.writableFinished) carrier.resume().close(constants.NGHTTP2_NO_ERROR)
    else breakOff(carrier)
    done(error)
  }

  /** Why it can't be written is said by whoever closed it. */
  #written(error: Error | null | undefined, done: () => void): void {
    if (error) this.destroy(this.#lost())
    else done()
  }

  #closed(): void {
    // What came before the end is still to be read.
    if (this.#ended && !this.readableEnded) this.once('end', () => this.destroy())
    else this.destroy(this.#lost())
  }
}
