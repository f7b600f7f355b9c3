import type { Logger } from 'pino'
import type { SecretSpec } from '../../policy/config/sections/secret.js'
import type { WebhookConfig } from '../../policy/config/sections/webhooks.js'
import { deliver, patience, type Patience, type Receiver } from './delivery.js'
import { bodyOf, type WebhookEvent } from './message.js'

/** Events that wait for one receiver; the oldest is given up for a newer one, an alert last: nobody can flood it away. */
const longest = 500

/** Milliseconds that what is waiting gets when the gateway stops. */
const lastCall = 2000

export interface Webhooks extends AsyncDisposable {
  /** Tells whoever wants to hear of it. Returns at once and never throws: nothing waits for a receiver. */
  emit(event: WebhookEvent): void
}

export interface WebhooksOptions {
  readonly hooks: readonly WebhookConfig[]
  /** The value of a secret. @throws {HoopError} SECRET_MISSING */
  readonly secret: (spec: SecretSpec) => Promise<string>
  readonly log: Logger
  /** Counts what could not be delivered. */
  readonly undelivered?: () => void
  readonly patience?: Patience
}

/** One receiver's queue: in order, one at a time, so that a slow one holds up nobody but itself. */
class Line {
  readonly #receiver: Receiver
  readonly #patience: Patience
  readonly #failed: (why: string) => void
  readonly #waiting: { readonly body: string; readonly isAlert: boolean }[] = []
  #running: Promise<void> | undefined

  constructor(receiver: Receiver, using: Patience, failed: (why: string) => void) {
    this.#receiver = receiver
    this.#patience = using
    this.#failed = failed
  }

  push(body: string, isAlert: boolean, signal: AbortSignal): void {
    if (this.#waiting.length >= longest) {
      const oldest = this.#waiting.findIndex((each) => !each.isAlert)
      this.#waiting.splice(Math.max(0, oldest), 1)
      this.#failed('too many are waiting')
    }
    this.#waiting.push({ body, isAlert })
    this.#running ??= this.#run(signal)
  }

  async idle(): Promise<void> {
    await this.#running
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const why = await deliver(this.#receiver, next.body, this.#patience, signal)
      if (why !== undefined) this.#failed(why)
    }
    this.#running = undefined
  }
}

/** Tells the receivers of the configuration what happens in the gateway. */
export const createWebhooks = (options: WebhooksOptions): Webhooks => {
  const { hooks, secret, log, undelivered, patience: using = patience } = options
  const stop = new AbortController()
  const resolve = async (spec: SecretSpec | string) => (typeof spec === 'string' ? spec : secret(spec))
  const lines = hooks.map(({ url, secret: key, events }, index) => {
    const receiver = { url: () => resolve(url), secret: async () => key && secret(key) }
    const failed = (why: string): void => {
      undelivered?.()
      log.warn({ webhook: index, why }, 'a webhook was not delivered')
    }
    return { events: new Set<string>(events), line: new Line(receiver, using, failed) }
  })
  return {
    emit: (event) => {
      let body: string | undefined
      for (const { events, line } of lines)
        if (events.has(event.event)) line.push((body ??= bodyOf(event)), event.event === 'alert', stop.signal)
    },
    [Symbol.asyncDispose]: async () => {
      const timer = setTimeout(() => stop.abort(), lastCall)
      await Promise.all(lines.map(({ line }) => line.idle()))
      clearTimeout(timer)
      stop.abort()
    },
  }
}
