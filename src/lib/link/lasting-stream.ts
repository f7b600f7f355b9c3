import { constants, type Http2Stream } from 'node:http2'
import { Duplex } from 'node:stream'
import { breakOff } from './break-off.js'
import { Unconfirmed } from './unconfirmed.js'

interface LastingOptions {
  /** Milliseconds for which it is kept after its link broke. */
  readonly keep: number
  /** Bytes that are kept until the other side has confirmed them; beyond, writers wait. */
  readonly bound: number
  /** Its link is lost: whoever can brings it another. */
  readonly detached?: (stream: LastingStream) => void
}

/** A link as one of its streams sees it. */
export interface Carriage {
  readonly carrier: Http2Stream
  /** Asked when the carrier ends: whether the link is lost with it. */
  readonly lost: () => Error | undefined
  /** More has been received, which the other side wants to know. */
  readonly received: () => void
}

/**
 * One PostgreSQL connection that outlives its link. Where that is lost, the stream waits to be put on another: what the other side
 * has not confirmed is kept, and sent again from where it stood. Otherwise it ends as a `LinkStream` does.
 */
export class LastingStream extends Duplex {
  readonly #options: LastingOptions
  readonly #unconfirmed = new Unconfirmed()
  /** How often it was asked to go on. */
  attempts = 0
  #carriage: Carriage | undefined
  #received = 0
  #ended = false
  #finishing = false
  #expiry: NodeJS.Timeout | undefined
  /** Until there is room for more. */
  #waiting: (() => void) | undefined

  constructor(options: LastingOptions) {
    super({ allowHalfOpen: true })
    this.#options = options
  }

  /** Milliseconds for which it is kept after its link broke. */
  get keep(): number {
    return this.#options.keep
  }

  /** Bytes that have come. */
  get received(): number {
    return this.#received
  }

  /** The other side has said all that it wanted. */
  get ended(): boolean {
    return this.#ended
  }

  isOn(carrier: Http2Stream): boolean {
    return this.#carriage?.carrier === carrier
  }

  /** Whether the other side can be where it says, from what is kept. */
  canResumeAt(position: number): boolean {
    return this.#unconfirmed.holds(position)
  }

  /**
   * Begins on a carrier.
   * @param first what has been sent on it
   */
  begin(carriage: Carriage, first: Buffer = Buffer.alloc(0)): void {
    this.#unconfirmed.add(first)
    this.#attach(carriage)
  }

  /**
   * Goes on, on another carrier; the one that it had before is left.
   * @param position up to which the other side has received: one that `canResumeAt`
   */
  resumeOn(carriage: Carriage, position: number): void {
    this.detach()
    this.#unconfirmed.confirm(position)
    carriage.carrier.cork()
    for (const chunk of this.#unconfirmed) carriage.carrier.write(chunk)
    carriage.carrier.uncork()
    if (this.#finishing) carriage.carrier.end()
    this.#attach(carriage)
  }

  #attach(carriage: Carriage): void {
    clearTimeout(this.#expiry)
    this.#carriage = carriage
    const { carrier } = carriage
    carrier.on('data', (chunk: Buffer) => this.#data(carriage, chunk))
    // What came before may not have been read.
    if (this.readableLength >= this.readableHighWaterMark) carrier.pause()
    carrier.on('end', () => this.#end(carriage))
    carrier.on('drain', () => this.#release())
    carrier.on('error', () => undefined)
    carrier.on('close', () => this.#closed(carriage))
    this.#release()
    if (carrier.destroyed) this.#closed(carriage)
  }

  /** Leaves its carrier, which goes on to nobody. */
  detach(): void {
    const { carrier } = this.#carriage ?? {}
    this.#carriage = undefined
    if (carrier) breakOff(carrier)
  }

  /** The other side has received so much. @returns whether that can be */
  confirmed(position: number): boolean {
    if (!this.#unconfirmed.holds(position)) return false
    this.#unconfirmed.confirm(position)
    this.#release()
    return true
  }

  /** Sends what is written, then lets go. */
  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else this.end(() => this.destroy())
  }

  override _read(): void {
    this.#carriage?.carrier.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#unconfirmed.add(chunk)
    this.#carriage?.carrier.write(chunk)
    this.#waiting = done
    this.#release()
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    const carrier = this.#carriage?.carrier
    carrier?.cork()
    for (const { chunk } of chunks) {
      this.#unconfirmed.add(chunk)
      carrier?.write(chunk)
    }
    carrier?.uncork()
    this.#waiting = done
    this.#release()
  }

  override _final(done: () => void): void {
    this.#finishing = true
    const carrier = this.#carriage?.carrier
    if (carrier && !carrier.destroyed) carrier.end(() => done())
    else done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#expiry)
    const carrier = this.#carriage?.carrier
    this.#carriage = undefined
    this.#unconfirmed.clear()
    if (carrier && this.writableFinished) carrier.resume().close(constants.NGHTTP2_NO_ERROR)
    else if (carrier) breakOff(carrier)
    done(error)
  }

  #data(carriage: Carriage, chunk: Buffer): void {
    if (carriage !== this.#carriage) return
    this.#received += chunk.length
    if (!this.push(chunk)) carriage.carrier.pause()
    carriage.received()
  }

  #end(carriage: Carriage): void {
    if (carriage !== this.#carriage || this.#ended || carriage.carrier.rstCode !== constants.NGHTTP2_NO_ERROR) return
    this.#ended = true
    this.push(null)
    // As sockets do: the end of one that is paused, and has nothing to read, is news too.
    this.read(0)
  }

  #closed(carriage: Carriage): void {
    if (carriage !== this.#carriage) return
    const why = carriage.lost()
    if (why && !(this.#ended && this.#finishing)) {
      this.#carriage = undefined
      this.#expiry = setTimeout(() => this.destroy(why), this.#options.keep)
      this.#release()
      this.#options.detached?.(this)
      return
    }
    // What came before the end is still to be read.
    if (this.#ended && !this.readableEnded) this.once('end', () => this.destroy())
    else this.destroy()
  }

  /** Lets the writer go on where there is room. */
  #release(): void {
    const { carrier } = this.#carriage ?? {}
    if (!this.#waiting || this.#unconfirmed.length > this.#options.bound || carrier?.writableNeedDrain) return
    const done = this.#waiting
    this.#waiting = undefined
    done()
  }
}
