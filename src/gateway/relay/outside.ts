import { setTimeout as delay } from 'node:timers/promises'
import { once } from 'node:events'
import { deadline } from '../../lib/deadline.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import type { Guard } from '../../policy/decision.js'
import type { ErrorFields } from '../../wire/error-fields.js'
import type { Command } from './machine/commands.js'
import type { Gate, Note, Verdict } from './machine/suspension/suspension.js'
import { nobodyToAsk } from './machine/admission/admission.js'

export interface OutsideOptions {
  readonly guard: Guard | undefined
  /** Who asks for approvals; without one, what needs an approval is refused. */
  readonly gate?: Gate | undefined
  readonly note: Note
  /** How long a statement waits for the catalog, milliseconds; 15,000 unless said. */
  readonly catalogWait?: number | undefined
  /** Tells the client something, between two of the server's messages. */
  notice(fields: ErrorFields): void
  /** What a suspended request waited for has come, or won't. */
  resume(verdict: Verdict): void
}

/** Longer than any one of the gateway's own questions may take. Milliseconds. */
const CATALOG_WAIT = 15_000

/** The same where a transaction is open. */
const LOCKED_WAIT = 1_000

type Hold = Extract<Command, { kind: 'hold' }>

/** Gets from outside what a suspended request waits for: an approval, or a catalog that is new enough. */
export class Outside {
  readonly #options: OutsideOptions
  #stop: AbortController | undefined

  constructor(options: OutsideOptions) {
    this.#options = options
  }

  hold(command: Hold): void {
    const stop = (this.#stop = new AbortController())
    const end = (verdict: Verdict): void => {
      if (this.#stop !== stop) return
      this.#stop = undefined
      this.#options.resume(verdict)
    }
    this.#get(command, stop.signal).then(end, (error: unknown) => end({ kind: 'refuse', error: asHoopError(error) }))
  }

  /** Whoever was asked is told that nobody waits any more. @returns what is said to the client then */
  withdraw(error: HoopError): Verdict {
    const stop = this.#stop
    this.#stop = undefined
    stop?.abort(error)
    return { kind: 'refuse', error }
  }

  /** Something has changed the catalog. */
  renew(): void {
    const { guard } = this.#options
    // A catalog that can't be had leaves the old one in force; whoever needs the new one asks again.
    guard?.refresh().catch(() => undefined)
  }

  /**
   * A reading that takes too long is a refusal. Inside of a transaction, which holds locks, nobody waits that long: what is
   * decided by the catalog that is there, the witness confirms or the server never runs.
   */
  async #renewed(inTransaction: boolean, signal: AbortSignal): Promise<Verdict> {
    const { guard, catalogWait = CATALOG_WAIT } = this.#options
    if (inTransaction) {
      await Promise.race([
        guard?.renew?.()?.catch(() => undefined),
        delay(LOCKED_WAIT, undefined, { signal, ref: false }),
      ])
      return { kind: 'renewed' }
    }
    const within = deadline(catalogWait, signal)
    const late = once(within, 'abort', { signal }).then(() => {
      throw new HoopError('CATALOG_LATE', `${catalogWait} ms`)
    })
    late.catch(() => undefined)
    await Promise.race([guard?.renew?.(), late])
    return { kind: 'renewed' }
  }

  async #get({ wants, inTransaction }: Hold, signal: AbortSignal): Promise<Verdict> {
    const { guard, gate, note } = this.#options
    if (wants.kind === 'catalog') return this.#renewed(inTransaction, signal)
    if (wants.kind === 'decision') {
      await guard?.prepare?.(wants.text)
      return { kind: 'decided' }
    }
    const { rule } = wants.held
    if (!gate) return { kind: 'refuse', error: nobodyToAsk(rule), rule: rule.name }
    const notice = (fields: ErrorFields): void => {
      if (!signal.aborted) this.#options.notice(fields)
    }
    return gate.pass(wants.held, { inTransaction, notice }, note, signal)
  }
}
