import type { AllowedStatement } from '../../../../policy/decision.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { answers, prepareWitness, runWitness, type WitnessKind } from './messages.js'

/** Kinds of statements that may end what was prepared, or put another statement in its place. */
const unsettling: ReadonlySet<string> = new Set([
  ...['deallocate', 'discard', 'prepare', 'execute', 'do', 'call', 'dynamic', 'load'],
])

/**
 * Databases that don't keep what a session has prepared: behind a pooler in transaction mode, or with one backend for
 * everybody. There it is prepared each time, in the pipeline that uses it.
 */
const forgetful = new WeakSet<object>()

/** Which was prepared, and by which count of what may have changed it. */
export interface Prepared {
  readonly kind: WitnessKind
  readonly age: number
}

/**
 * The witness of one session: a statement of the relay's own which raises an error unless the catalog, and the settings by
 * which texts are read, are what a decision rests on. It goes directly before what it is for, in the same transaction.
 */
export class Witness {
  readonly #database: object
  /** The pipeline in which each was last prepared; in that one it is certain to be there. */
  readonly #asked: Record<WitnessKind, number> = { plain: -1, whole: -1 }
  /** The server has it, and nothing since can have changed that. */
  readonly #prepared: Record<WitnessKind, boolean> = { plain: false, whole: false }
  /** Counts what may have changed it, so that an older answer is not taken for a newer one. */
  #age = 0

  /** @param database what stands for the database that this session is on, the same for all of its sessions */
  constructor(database: object) {
    this.#database = database
  }

  /**
   * Puts it in front of what comes next.
   * @param pipeline in which that is sent
   * @returns how many messages answer it, and what is to be said once they have come
   */
  send(
    out: Outbox,
    parameters: readonly Buffer[],
    pipeline: number,
  ): { answers: number; prepares: Prepared | undefined } {
    const { kind, messages } = runWitness(parameters)
    const kept = this.#prepared[kind] && !forgetful.has(this.#database)
    const there = kept || this.#asked[kind] === pipeline
    if (!there) out.put(prepareWitness[kind])
    out.put(messages)
    if (there) return { answers: answers.run, prepares: undefined }
    this.#asked[kind] = pipeline
    return { answers: answers.run + answers.prepared, prepares: { kind, age: this.#age } }
  }

  /** The server has answered all of it. @param prepared as `send` gave it */
  confirmed(prepared: Prepared | undefined): void {
    if (prepared?.age === this.#age) this.#prepared[prepared.kind] = true
  }

  /** The server does not have it, though nothing of this session's can have ended it. */
  lost(): void {
    forgetful.add(this.#database)
    this.forget()
  }

  /** It may have gone, or may be another statement by now. */
  forget(): void {
    this.#asked.plain = this.#asked.whole = -1
    this.#prepared.plain = this.#prepared.whole = false
    this.#age++
  }

  /** A statement is sent that may have that effect. */
  sent(statements: readonly AllowedStatement[]): void {
    if (statements.some(({ kinds }) => kinds.some((kind) => unsettling.has(kind)))) this.forget()
  }
}
