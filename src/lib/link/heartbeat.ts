import type { Http2Session } from 'node:http2'
import type { Socket } from 'node:net'

/**
 * A silence is counted in so many looks rather than by the clock: an event loop that was busy looks late, and once, at a
 * network that isn't dead.
 */
const LOOKS = 10
/** Looks that found nothing new after which the other side is asked. */
const ASKS_AFTER = 3

export interface HeartbeatOptions {
  /** Milliseconds without a byte of the other side after which the link is broken. */
  readonly silence: number
  readonly broken: () => void
  /** @param milliseconds from a PING to its answer */
  readonly answered?: (milliseconds: number) => void
}

/**
 * Asks a silent HTTP/2 connection by PING whether it is there (RFC 9113, section 6.7). Whatever is heard counts as an answer,
 * since that to a PING may stand behind a result on its way.
 */
export class Heartbeat implements Disposable {
  readonly #session: Http2Session
  readonly #socket: Pick<Socket, 'bytesRead'>
  readonly #options: HeartbeatOptions
  readonly #timer: NodeJS.Timeout
  #heard: number
  #heardAt = Date.now()
  #silent = 0
  #lookedAt = Date.now()

  constructor(session: Http2Session, socket: Pick<Socket, 'bytesRead'>, options: HeartbeatOptions) {
    this.#session = session
    this.#socket = socket
    this.#options = options
    this.#heard = socket.bytesRead
    this.#timer = setInterval(() => this.#look(), options.silence / LOOKS).unref()
  }

  /**
   * Whether nothing has been heard for so long by the clock on the wall, which goes on while a machine sleeps: the timers
   * here go by another that stands still meanwhile.
   */
  get stale(): boolean {
    const { silence } = this.#options
    return this.#socket.bytesRead === this.#heard && Date.now() - this.#heardAt > silence + silence / ASKS_AFTER
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = Date.now()
    // The machine has slept: whether the other side has given up shows with the next word.
    if (now - this.#lookedAt > this.#options.silence) this.#ask()
    this.#lookedAt = now
    const { bytesRead } = this.#socket
    if (bytesRead !== this.#heard) {
      this.#heard = bytesRead
      this.#heardAt = Date.now()
      this.#silent = 0
    } else if (++this.#silent >= LOOKS) {
      this[Symbol.dispose]()
      this.#options.broken()
    } else if (this.#silent === ASKS_AFTER) this.#ask()
  }

  #ask(): void {
    if (this.#session.destroyed) return
    this.#session.ping((error, milliseconds) => {
      if (!error) this.#options.answered?.(milliseconds)
    })
  }
}
