import type { Logger } from 'pino'
import type { LeafContents } from '../../ledger/leaves.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { WebhookEvent } from '../webhooks/message.js'

/** Rows that are told one by one while a gateway runs: whoever can put in one can put in a million. */
const most = 20
/** Rows that are remembered as told. */
const remembered = 10_000

export interface DamageOptions {
  readonly log: Logger
  readonly metrics: Pick<GatewayMetrics, 'ledger'>
  /** Tells operators. */
  readonly tell: (event: WebhookEvent) => void
}

type Enter = (notice: LeafContents['notice']) => Promise<unknown>

/**
 * Rows of the store that this gateway has not made, or that say something else than the ledger: none is entered, nor believed, each is
 * told once while it runs, and whatever else there is goes on.
 */
export class StoreDamage {
  readonly #options: DamageOptions
  readonly #known = new Set<string>()
  #waiting: LeafContents['notice'][] = []
  #enter: Enter | undefined

  constructor(options: DamageOptions) {
    this.#options = options
  }

  /** Never throws. @param row for people: `act 17`, `session ses_1`, `leaf 3` @param why it is none of this gateway's */
  report(row: string, why: string): void {
    if (this.#known.has(row) || this.#known.size >= remembered) return
    this.#known.add(row)
    const { log, metrics, tell } = this.#options
    metrics.ledger.refused++
    log.error({ row, why }, 'somebody has edited the store: look at it with hoop audit verify')
    if (this.#known.size > most) return
    const more = this.#known.size === most ? ' More of them are only counted and logged.' : ''
    const text = `The store of the gateway was edited: ${row}, ${why}. It is not entered in the ledger.${more}`
    this.#note({ what: 'alert', text, fields: { row } })
    tell({ event: 'alert', text, fields: { row }, isEntered: true })
  }

  /** From now on there is a ledger to enter it in. */
  enterBy(enter: Enter): void {
    this.#enter = enter
    for (const notice of this.#waiting.splice(0)) this.#note(notice)
  }

  #note(notice: LeafContents['notice']): void {
    if (!this.#enter) this.#waiting.push(notice)
    // Whoever has to know that the ledger can't be written is told by itself.
    else void this.#enter(notice).catch(() => undefined)
  }
}
