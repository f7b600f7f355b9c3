import type { AllowedStatement } from '../../../policy/decision.js'
import type { NamedObject } from '../../../sql/facts.js'

/** Names that are remembered. */
const MAX_NAMES = 1_000

/** What may take objects away, or give their names to others, without saying which. */
const sweeping: ReadonlySet<string> = new Set(['dynamic', 'call', 'do', 'discard', 'rollback'])

const keyOf = ({ schema, name }: NamedObject): string => JSON.stringify([schema, name])

const lastWord = (label: string): string => label.slice(label.lastIndexOf('.') + 1)

/**
 * Relations of the session's own: temporary ones, and those that the open transaction has made. Whatever may have ended
 * one is taken to have done so. Whether anybody else has a relation by the name is not known here; the catalog says that.
 */
export class OwnObjects {
  /** Temporary, and committed. */
  readonly #kept = new Map<string, string>()
  /** Temporary, made by the open transaction. */
  readonly #new = new Map<string, string>()
  /** Until the transaction ends. */
  readonly #passing = new Map<string, string>()

  readonly owns = (object: NamedObject): boolean => {
    if (object.schema === 'pg_temp') return true
    const key = keyOf(object)
    return this.#kept.has(key) || this.#new.has(key) || this.#passing.has(key)
  }

  /** A statement has succeeded. */
  completed({ kinds, kind, makes = [], changes, writes, keepsNames }: AllowedStatement): void {
    if (kinds.some((each) => sweeping.has(each))) this.failed()
    if (kinds.some((each) => each !== 'rollback' && sweeping.has(each))) this.#kept.clear()
    // What is changed by itself keeps its name.
    if (kinds.includes('drop') || (kinds.includes('alter') && !changes && !keepsNames))
      for (const label of writes) this.#forget(lastWord(label))
    // What was the transaction's is everybody's now.
    if (kind === 'commit') this.#passing.clear()
    if (this.#kept.size + this.#new.size + this.#passing.size > MAX_NAMES) return
    for (const made of makes) {
      const names = made.temporary && made.until === 'session' ? this.#new : this.#passing
      names.set(keyOf(made), made.name)
    }
  }

  /** What the transaction has made is gone, or some of it. */
  failed(): void {
    this.#new.clear()
    this.#passing.clear()
  }

  transactionEnded(): void {
    for (const [key, name] of this.#new) this.#kept.set(key, name)
    this.failed()
  }

  #forget(name: string): void {
    for (const names of [this.#kept, this.#new, this.#passing])
      for (const [key, each] of names) if (each === name || name === '*') names.delete(key)
  }
}
