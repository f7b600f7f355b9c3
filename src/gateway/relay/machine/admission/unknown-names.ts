import type { AllowedStatement } from '../../../../policy/decision.js'

/** Names of a transaction's own that are remembered. */
const MAX_NAMES = 1_000

const unqualified = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

/**
 * Names that the catalog doesn't know. What the open transaction has made under a policy, no masked value can have got
 * into, and nobody else can see; anything else was made elsewhere since the catalog was read, and has to be looked at.
 */
export class UnknownNames {
  readonly #own = new Set<string>()

  /** A statement has succeeded. */
  made({ ddl, writes }: AllowedStatement): void {
    if (!ddl) return
    if (this.#own.size > MAX_NAMES) this.#own.clear()
    for (const name of writes) this.#own.add(unqualified(name))
  }

  /** The transaction has ended: what it made is in the next reading of the catalog, or gone. */
  transactionEnded(): void {
    this.#own.clear()
  }

  /** Whether any of the statements names one; what an earlier one of them makes, is none. */
  among(statements: readonly AllowedStatement[]): boolean {
    const made = new Set<string>()
    for (const { ddl, writes, unknown = [] } of statements) {
      if (unknown.map(unqualified).some((name) => !this.#own.has(name) && !made.has(name))) return true
      if (ddl) for (const name of writes) made.add(unqualified(name))
    }
    return false
  }
}
