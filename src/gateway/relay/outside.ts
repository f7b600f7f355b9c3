import { setTimeout as delay } from 'node:timers/promises'
import { once } from 'node:events'
import { deadline } from '../../lib/deadline.js'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { forClients } from '../../lib/readers.js'
import type { AskSession } from '../../sql/catalog.js'
import type { Guard } from '../../policy/decision.js'
import type { ErrorFields } from '../../wire/error-fields.js'
import type { BoundText } from '../../wire/explain.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { Command } from './machine/commands.js'
import type { Gate, Note, Verdict } from './machine/suspension/suspension.js'
import { nobodyToAsk } from './machine/admission/admission.js'

export interface OutsideOptions {
  readonly guard: Guard | undefined
  /** What long texts count against. */
  readonly account: string
  /** Who asks for approvals; without one, what needs an approval is refused. */
  readonly gate?: Gate | undefined
  readonly note: Note
  /** How long statements have waited, in seconds, by what for. */
  readonly waited?: GatewayMetrics['waited'] | undefined
  /** How long a statement waits for the catalog, milliseconds; 15,000 unless said. */
  readonly catalogWait?: number | undefined
  /** Tells the client something, between two of the server's messages. */
  notice(fields: ErrorFields): void
  /** What a suspended request waited for has come, or won't. */
  resume(verdict: Verdict): void
  /** Asks the server in the session's own transaction; `told` gets the answers. */
  ask(texts: readonly BoundText[]): void
  /** The catalog has all changes of the schema up to this one. */
  renewed(change: number): void
}

/** Longer than any one of the gateway's own questions may take. Milliseconds. */
const CATALOG_WAIT = 15_000

/** The same where a transaction holds locks, which others may wait for. */
const LOCKED_WAIT = 1_000

/** The same where the statement could not run without it. */
const NEEDED_WAIT = 5_000

/** The same where the session itself is asked for it. */
const OWN_WAIT = 60_000

/** The same behind BEGIN alone, for which nobody else waits. */
const BEGUN_WAIT = 3_000

type Hold = Extract<Command, { kind: 'hold' }>

/** Gets from outside what a suspended request waits for: an approval, or a catalog that is new enough. */
export class Outside {
  readonly #options: OutsideOptions
  #held: { readonly kind: Hold['wants']['kind']; readonly at: number } | undefined
  #stop: AbortController | undefined
  /** Who waits for answers, in the order in which they come. */
  readonly #asked: ((answers: readonly (string | undefined)[] | HoopError) => void)[] = []

  constructor(options: OutsideOptions) {
    this.#options = options
  }

  hold(command: Hold): void {
    const stop = (this.#stop = new AbortController())
    this.#held = { kind: command.wants.kind, at: performance.now() }
    const end = (verdict: Verdict): void => {
      if (this.#stop !== stop) return
      this.#stop = undefined
      this.#over()
      this.#options.resume(verdict)
    }
    // It is recorded as well, where whoever asked may read it.
    const refuse = (error: unknown): void => end({ kind: 'refuse', error: forClients(asHoopError(error)) })
    this.#get(command, stop.signal).then(end, refuse)
  }

  /** Whoever was asked is told that nobody waits any more. @returns what is said to the client then */
  withdraw(error: HoopError): Verdict {
    const stop = this.#stop
    this.#stop = undefined
    this.#over()
    stop?.abort(error)
    return { kind: 'refuse', error }
  }

  /** Nothing is waited for any more. */
  #over(): void {
    const held = this.#held
    this.#held = undefined
    if (held) this.#options.waited?.[held.kind].observe((performance.now() - held.at) / 1000)
  }

  /** The answers to the oldest `ask` that has none yet. */
  told(answers: readonly (string | undefined)[] | HoopError): void {
    this.#asked.shift()?.(answers)
  }

  /** Something has changed the catalog. @param change its number, where this session has made it */
  renew(change?: number): void {
    const { guard } = this.#options
    // A catalog that can't be had leaves the old one in force; whoever needs the new one asks again.
    guard?.refresh().then(
      () => change !== undefined && this.#options.renewed(change),
      () => undefined,
    )
  }

  /**
   * A reading that takes too long is a refusal. Inside of a transaction nobody waits that long: what is decided by the
   * catalog that is there, the witness confirms or the server never runs.
   */
  async #renewed({ inTransaction, locks }: Hold, needed: boolean, signal: AbortSignal): Promise<Verdict> {
    const { guard, catalogWait = CATALOG_WAIT } = this.#options
    if (inTransaction) {
      // What nobody else can change while the transaction is open is as current as it was when that began.
      const renewing = guard?.renew?.(true)?.then(
        () => true,
        () => false,
      )
      const late = delay(needed ? NEEDED_WAIT : locks ? LOCKED_WAIT : BEGUN_WAIT, false, { signal, ref: false })
      return { kind: 'renewed', current: await Promise.race([renewing ?? true, late]) }
    }
    const within = deadline(catalogWait, signal)
    const late = once(within, 'abort', { signal }).then(() => {
      throw new HoopError('CATALOG_LATE', `${catalogWait} ms`)
    })
    late.catch(() => undefined)
    await Promise.race([guard?.renew?.(false), late])
    return { kind: 'renewed', current: true }
  }

  /** Reads the catalog as the open transaction sees it. */
  async #own(signal: AbortSignal): Promise<Verdict> {
    const within = deadline(OWN_WAIT, signal)
    const late = once(within, 'abort').then(() => {
      throw new HoopError('CATALOG_LATE', `${OWN_WAIT} ms`)
    })
    late.catch(() => undefined)
    const ask: AskSession = (statements) => {
      within.throwIfAborted()
      const { promise, resolve, reject } = Promise.withResolvers<readonly (string | undefined)[]>()
      this.#asked.push((answers) => (answers instanceof HoopError ? reject(answers) : resolve(answers)))
      const bound = statements.map(({ text, parameters }) => ({
        ...{ text, parameters: parameters.map((each) => Buffer.from(each)), parameterFormats: [] },
      }))
      this.#options.ask(bound)
      return Promise.race([promise, late])
    }
    return { kind: 'followed', guard: await this.#options.guard?.own?.(ask) }
  }

  async #get(hold: Hold, signal: AbortSignal): Promise<Verdict> {
    const { wants, inTransaction } = hold
    const { gate, note } = this.#options
    if (wants.kind === 'catalog') return this.#renewed(hold, wants.needed === true, signal)
    if (wants.kind === 'own') return this.#own(signal)
    if (wants.kind === 'decision') {
      await wants.by.prepare?.(wants.text, this.#options.account, signal)
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
