import type { AllowedStatement } from '../../../../policy/decision.js'
import type { Outbox } from '../../../../wire/outbox.js'
import type { WitnessForm } from '../../../../sql/witness/text.js'
import { answers, askWitness, prepareWitness, runOldWitness, runWitness } from './messages.js'
import { Recollection } from './recollection.js'

/** Kinds of statements that may end what was prepared, or put another statement in its place. */
const unsettling: ReadonlySet<string> = new Set([
  ...['deallocate', 'discard', 'prepare', 'execute', 'do', 'call', 'dynamic', 'load'],
])

/**
 * Databases that don't keep what a session has prepared: behind a pooler in transaction mode, or with one backend for
 * everybody. There it is prepared each time, in the pipeline that uses it.
 */
const forgetful = new WeakSet<object>()

/** Whether it gives its transaction a number: from then on, the snapshot doesn't tell of what it changes. */
const writes = ({ ddl, writes: relations }: AllowedStatement): boolean => ddl || relations.length > 0

/** A witness on its way. */
export interface Sent {
  /** Messages that answer it. */
  readonly answers: number
  /** Which it prepares, if it does, and the count of what may have changed it by then. */
  readonly prepares: { readonly form: WitnessForm; readonly age: number } | undefined
  readonly parameters: readonly Buffer[]
  /** The snapshot that the server is asked for. */
  readonly asked: string | undefined
  /** Whether it only asks: then what it says is what has changed. */
  readonly asks: boolean
  /** What the server has said: its snapshot, unless it was asked. */
  said: string | undefined
}

/**
 * The witness of one session: a statement of the relay's own which raises an error unless the catalog, and the settings by
 * which texts are read, are what a decision rests on. It goes directly before what it is for, in the same transaction.
 */
export class Witness {
  readonly #database: object
  /** The pipeline in which each was last prepared; in that one it is certain to be there. */
  readonly #asked = new Map<WitnessForm, number>()
  /** The server has them, and nothing since can have changed that. */
  readonly #prepared = new Set<WitnessForm>()
  /** Counts what may have changed it, so that an older answer is not taken for a newer one. */
  #age = 0
  readonly #recollection = new Recollection()
  /** Whether transactions begin with a level that sees an old state, and whether the one at hand has said that it does. */
  #old: { session: boolean; transaction: boolean | undefined } = { session: false, transaction: undefined }

  /** @param database what stands for the database that this session is on, the same for all of its sessions */
  constructor(database: object) {
    this.#database = database
  }

  /**
   * Puts it in front of what comes next.
   * @param pipeline in which that is sent
   * @param asks whether it is only to say what has changed
   */
  send(out: Pick<Outbox, 'put'>, parameters: readonly Buffer[], pipeline: number, asks = false): Sent {
    const forgets = forgetful.has(this.#database)
    // Where sessions share a backend, what one has confirmed says nothing of what another's temporary tables hide.
    const recalled = forgets ? undefined : this.#recollection.of(parameters)
    const run = asks
      ? askWitness(parameters)
      : this.seesOld
        ? runOldWitness(parameters)
        : runWitness(parameters, recalled)
    const { form, messages, snapshot: asked } = run
    const there = (this.#prepared.has(form) && !forgets) || this.#asked.get(form) === pipeline
    if (!there) out.put(prepareWitness[form])
    out.put(messages)
    const sent = { parameters, asked, asks, said: undefined }
    if (there) return { ...sent, answers: answers.run, prepares: undefined }
    this.#asked.set(form, pipeline)
    return { ...sent, answers: answers.run + answers.prepared, prepares: { form, age: this.#age } }
  }

  /**
   * Whether queries may see the catalog as it was when the transaction began, as under REPEATABLE READ: then the witness
   * doesn't see what was added since, and the gateway has to look by itself. Where it is thought not to be so, and is, the
   * witness raises.
   */
  get seesOld(): boolean {
    return this.#old.transaction ?? this.#old.session
  }

  /** The server says that it is so. */
  isOld(): void {
    this.#old = { session: true, transaction: true }
  }

  transactionEnded(): void {
    this.#old.transaction = undefined
  }

  /** The server has answered all of it. */
  confirmed({ prepares, parameters, said, asked, asks }: Sent): void {
    if (!asks) this.#recollection.confirmed(parameters, said, asked)
    if (prepares?.age === this.#age) this.#prepared.add(prepares.form)
  }

  /** The server does not have it, though nothing of this session's can have ended it. */
  lost(): void {
    forgetful.add(this.#database)
    this.forget()
  }

  /** It may have gone, or may be another statement by now. */
  forget(): void {
    this.#asked.clear()
    this.#prepared.clear()
    this.#recollection.forget()
    this.#age++
  }

  /** A statement is sent that may have that effect. */
  sent(statements: readonly AllowedStatement[]): void {
    if (statements.some(({ kinds }) => kinds.some((kind) => unsettling.has(kind)))) this.forget()
    else if (statements.some(writes)) this.#recollection.forget()
    for (const { isolation } of statements) if (isolation) this.#old[isolation.of] = isolation.old
  }
}
