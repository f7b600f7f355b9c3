import { HoopError } from '../../../../lib/errors.js'
import type { AllowedStatement, Guard } from '../../../../policy/decision.js'
import type { ErrorFields } from '../../../../wire/error-fields.js'
import { formatAt } from '../../../../wire/frontend.js'
import { type BoundParameters, digest, noParameters, searchKeys } from './given-keys.js'

type Nearest = NonNullable<AllowedStatement['nearest']>[number]

/** A LIMIT that a parameter gives: int8 as the server reads it, in its text or one of the binary integers. */
const limitOf = ({ parameters, parameterFormats }: BoundParameters, number: number): number | undefined => {
  const value = parameters[number - 1]
  if (!value) return undefined
  if (formatAt(parameterFormats, number - 1) === 0) {
    const text = value.toString('latin1').trim()
    return /^\+?\d{1,15}$/.test(text) ? Number(text) : undefined
  }
  if (value.length === 8) return Number(value.readBigInt64BE())
  return value.length === 4 ? value.readInt32BE() : value.length === 2 ? value.readInt16BE() : undefined
}

/** Of connections, transactions, names that nobody prepared, locks, and what an operator does. */
const unrelated = /^(08|25|26|34|40|55|57)/

/**
 * Errors that don't depend on values. So is a mistake in the statement, which the server finds before it runs: it has a
 * position in the text, and no context, as it would have where a value is read as a name or a type.
 */
const isFormal = ({ C = '', P, W }: ErrorFields): boolean =>
  unrelated.test(C) || (C.startsWith('42') && P !== undefined && W === undefined)

/**
 * What one session may find out about masked values by asking again and again: rows by their distance from vectors of its
 * choice, and errors that depend on values.
 */
export class Caps {
  readonly #caps: Guard['caps']
  readonly #vectors = new Set<string>()
  #errors = 0
  /** A search whose vector comes with EXECUTE was prepared by SQL. */
  #prepared = false

  /** @param guard undefined, or of somebody who sees the values anyway: nothing is capped */
  constructor(guard: Pick<Guard, 'masking' | 'clear' | 'caps'> | undefined) {
    this.#caps = guard?.masking && !guard.clear ? guard.caps : undefined
  }

  /** A statement that touches masked columns has failed. */
  failed(fields: ErrorFields): void {
    if (!isFormal(fields)) this.#errors++
  }

  /** Why statements may not go on: too many that touch masked columns have failed. */
  failures(statements: readonly AllowedStatement[]): HoopError | undefined {
    return this.#caps && this.#errors >= this.#caps.maskedErrors && statements.some(({ scrub }) => scrub)
      ? new HoopError('MASKED_ERRORS', `${this.#errors} of them`)
      : undefined
  }

  /** Why statements that would run next may not. */
  refusal(
    text: string,
    statements: readonly AllowedStatement[],
    bound: BoundParameters = noParameters,
  ): HoopError | undefined {
    const caps = this.#caps
    if (!caps) return undefined
    const failed = this.failures(statements)
    if (failed) return failed
    for (const { kind, nearest = [] } of statements) {
      for (const search of nearest) {
        const refused = this.#search(text, kind, search, bound)
        if (refused) return refused
      }
      if (kind === 'execute' && this.#prepared) this.#vectors.add(argumentsOf(text, bound))
    }
    if (this.#vectors.size > caps.queries)
      return new HoopError('BUDGET_EXHAUSTED', `${caps.queries} vectors to search masked ones with`, {
        hint: 'A new session may search with as many again.',
      })
    return undefined
  }

  #search(text: string, kind: string, search: Nearest, bound: BoundParameters): HoopError | undefined {
    const { limit, vector } = search
    const k = typeof limit === 'object' ? limitOf(bound, limit.parameter) : limit
    if (k !== 'any' && (typeof k !== 'number' || k > this.#caps!.k))
      return new HoopError(
        'VECTOR_CAP',
        typeof k === 'number' ? `${k} of at most ${this.#caps!.k}` : `at most ${this.#caps!.k}`,
      )
    if (kind === 'prepare' && typeof vector === 'object' && 'parameter' in vector) this.#prepared = true
    for (const key of searchKeys(search, { text, bound }) ?? []) this.#vectors.add(key)
    return undefined
  }
}

/** An EXECUTE tells its arguments in its text, a Bind beside it. */
const argumentsOf = (text: string, { parameters }: BoundParameters): string =>
  parameters.length === 0 ? text : digest(text, ...parameters.map((value) => value?.toString('base64') ?? ''))
