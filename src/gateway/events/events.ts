import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { EventTargetConfig } from '../../policy/config/sections/events.js'
import type { SecretSpec } from '../../policy/config/sections/secret.js'
import type { Tables } from '../../store/schema.js'
import type { GatewayLedger } from '../ledger/ledger.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import { beginning, keepDelivered, readDelivered } from './delivered.js'
import type { GatewayEvent } from './schema.js'
import { toFile, toStdout } from './sending/lines.js'
import { toSyslog } from './sending/syslog.js'
import { toWebhook } from './sending/webhook.js'
import { EventStream } from './stream.js'
import { EventTarget, type Send } from './target.js'

export interface EventsOptions {
  readonly targets: readonly EventTargetConfig[]
  /** The value of a secret. @throws {HoopError} SECRET_MISSING */
  readonly secret: (spec: SecretSpec) => Promise<string>
  readonly log: Logger
  readonly metrics: Pick<GatewayMetrics, 'events'>
  /** As an `EventTarget` has it. */
  readonly pause?: number
}

export interface EventSource {
  readonly ledger: Pick<GatewayLedger, 'folder' | 'size' | 'noted' | 'origin' | 'stock' | 'whenPublished'>
  /** Folder. */
  readonly recordings: string
  readonly db: Kysely<Tables>
}

const sendTo = ({ stdout, file, syslog, webhook }: EventTargetConfig, secret: EventsOptions['secret']): Send => {
  if (file !== undefined) return toFile(file)
  if (syslog) return toSyslog(syslog)
  if (webhook) return toWebhook(webhook, secret)
  if (stdout) return toStdout()
  throw new Error('a target has no address')
}

/** Tells other systems what the ledger says, each at its own pace. */
export class Events implements AsyncDisposable {
  readonly #options: EventsOptions
  readonly #targets: EventTarget[] = []

  constructor(options: EventsOptions) {
    this.#options = options
  }

  /**
   * Goes on where each target stood. One that is new begins with what this start has entered; one whose place can't be believed is told everything again.
   * @throws where what a target has taken can't be read
   */
  async begin({ ledger, recordings, db }: EventSource): Promise<void> {
    const { targets, secret, log, metrics: all, pause } = this.#options
    const { folder, origin } = ledger
    for (const target of targets) {
      const { name } = target
      const kinds = new Set<string>(target.kinds)
      const keep = keepDelivered.bind(undefined, folder, name, origin)
      const kept = await readDelivered(folder, name, { origin, size: ledger.size })
      if (kept === 'damaged')
        log.error(
          { target: name },
          'how far the target has come can’t be read: it is told everything from the beginning',
        )
      // What came twice shows by its id; what was left out would show nowhere.
      const from = kept === 'damaged' ? beginning : (kept ?? { leaf: ledger.stock.size, part: 0 })
      if (from !== kept) await keep(from)
      const metrics = { sent: 0, failed: 0, behind: 0 }
      all.events.set(name, metrics)
      const known = { size: () => ledger.size, noted: () => ledger.noted() }
      this.#targets.push(
        new EventTarget({
          ...{ name, from, keep, log, metrics, size: known.size },
          stream: new EventStream({ folder, recordings, db, origin, ...known }),
          wants: ({ kind }: GatewayEvent) => kinds.has(kind.split('.')[0]!),
          send: sendTo(target, secret),
          ...(pause !== undefined && { pause }),
        }),
      )
    }
    ledger.whenPublished(() => this.#targets.forEach((target) => target.wake()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#targets.map((target) => target[Symbol.asyncDispose]()))
  }
}
