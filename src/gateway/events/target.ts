import type { Logger } from 'pino'
import { reasonOf } from '../webhooks/delivery.js'
import type { Cursor, EventStream } from './stream.js'
import type { GatewayEvent } from './schema.js'

/** Sends events, and returns when the target has them all. @throws what keeps it from that */
export type Send = (events: readonly GatewayEvent[], signal: AbortSignal) => Promise<void>

/** Events that are sent together. */
const most = 500
/** After a batch others gather for so long, milliseconds. */
const gathering = 200
/** The longest wait before a failed attempt is repeated, milliseconds. */
const longestPause = 60_000
/** What is left when the gateway stops gets so long, milliseconds. */
const lastCall = 2000

export interface TargetOptions {
  readonly name: string
  readonly stream: EventStream
  readonly wants: (event: GatewayEvent) => boolean
  readonly send: Send
  readonly from: Cursor
  /** Brings to the disk what it has taken. */
  readonly keep: (cursor: Cursor) => Promise<void>
  readonly size: () => number
  readonly metrics: { sent: number; failed: number; behind: number }
  readonly log: Logger
  /** Milliseconds before the second attempt; up to twice as long before each further one. */
  readonly pause?: number
}

/**
 * One target: what it has not taken is read from the ledger again, as often as it takes. Whatever it does, nothing but
 * itself waits for it, and nothing is kept for it in memory but the batch on its way.
 */
export class EventTarget implements AsyncDisposable {
  readonly #options: TargetOptions
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  #cursor: Cursor
  #failures = 0
  #isClosing = false
  #wake: (() => void) | undefined

  constructor(options: TargetOptions) {
    this.#options = options
    this.#cursor = options.from
    this.#running = this.#run()
  }

  /** There are new leaves. */
  wake(): void {
    this.#measure()
    this.#wake?.()
  }

  #measure(): void {
    const { metrics, size } = this.#options
    metrics.behind = Math.max(0, size() - this.#cursor.leaf)
  }

  async #run(): Promise<void> {
    const { size } = this.#options
    while (!this.#stop.signal.aborted) {
      try {
        if (await this.#deliver()) continue
        if (this.#isClosing) return
        await this.#rest(gathering)
        if (size() <= this.#cursor.leaf) await this.#rest()
      } catch (error) {
        this.#note(error)
        if (this.#isClosing) return
        await this.#rest(this.#pause())
      }
    }
  }

  /** Half of it is left to chance, so that not all who wait come back at once. */
  #pause(): number {
    const longest = Math.min(longestPause, (this.#options.pause ?? 1000) * 2 ** (this.#failures - 1))
    return (longest * (1 + Math.random())) / 2
  }

  /** @returns whether there may be more */
  async #deliver(): Promise<boolean> {
    const { name, stream, wants, send, keep, metrics, log } = this.#options
    const events: GatewayEvent[] = []
    let cursor = this.#cursor
    for await (const { event, next } of stream.from(cursor)) {
      cursor = next
      if (event && wants(event)) events.push(event)
      if (events.length >= most) break
    }
    if (cursor === this.#cursor) return false
    if (events.length > 0) await send(events, this.#stop.signal)
    await keep(cursor)
    this.#cursor = cursor
    metrics.sent += events.length
    this.#measure()
    if (this.#failures > 0) log.info({ target: name }, 'the target takes events again')
    this.#failures = 0
    return events.length >= most
  }

  #note(error: unknown): void {
    const { name, metrics, log } = this.#options
    if (this.#stop.signal.aborted) return
    this.#failures++
    metrics.failed++
    this.#measure()
    const about = { target: name, why: reasonOf(error), behind: metrics.behind, attempt: this.#failures }
    log.warn(about, 'events were not taken; they are sent again')
  }

  /** For so long, or, without a time, until there are new leaves; the end cuts it short. */
  #rest(ms?: number): Promise<void> {
    if (this.#isClosing) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms).unref()
      this.#wake = () => {
        if (ms !== undefined && !this.#isClosing) return
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** What is there is tried once more, within a bound. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true
    const timer = setTimeout(() => this.#stop.abort(), lastCall)
    this.#wake?.()
    await this.#running
    clearTimeout(timer)
  }
}
