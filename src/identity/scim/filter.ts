import { bad } from './error.js'
import { type Literal, Words } from './words.js'

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const
export type Operator = (typeof operators)[number]

/** A filter as it is evaluated. */
export type Filter =
  | { readonly kind: 'present'; readonly path: string }
  | { readonly kind: 'compare'; readonly path: string; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly inner: Filter }
  /** One element of a list has it all: `emails[type eq "work" and value co "@acme"]`. */
  | { readonly kind: 'element'; readonly path: string; readonly inner: Filter }

/** How deep parentheses and brackets may nest, and how many comparisons there may be. */
const limits = { depth: 12, terms: 64 }

/**
 * Reads a filter. `emails[type eq "work"].value eq "…"`, which Entra sends, is taken for what it means, an element with both.
 * @throws {ScimError} invalidFilter, with the position
 * @see RFC 7644, section 3.4.2.2, figure 1
 */
export const parseFilter = (text: string): Filter => {
  const words = new Words(text)
  const filter = new Parser(words).disjunction(0)
  words.end()
  return filter
}

/** The filter between the brackets of a path; the closing one is taken. @throws {ScimError} invalidFilter */
export const parseBracketed = (words: Words): Filter => {
  const filter = new Parser(words).disjunction(1)
  words.take(']')
  return filter
}

class Parser {
  readonly #words: Words
  #terms = 0

  constructor(words: Words) {
    this.#words = words
  }

  disjunction(depth: number): Filter {
    if (depth > limits.depth) throw bad('invalidFilter', `the filter nests deeper than ${limits.depth}`)
    let left = this.#conjunction(depth)
    while (this.#words.keyword('or')) left = { kind: 'or', left, right: this.#conjunction(depth) }
    return left
  }

  #conjunction(depth: number): Filter {
    let left = this.#term(depth)
    while (this.#words.keyword('and')) left = { kind: 'and', left, right: this.#term(depth) }
    return left
  }

  #term(depth: number): Filter {
    if (++this.#terms > limits.terms) throw bad('invalidFilter', `the filter has more than ${limits.terms} terms`)
    const words = this.#words
    if (words.negation()) {
      words.take('(')
      return { kind: 'not', inner: this.#closed(depth) }
    }
    if (words.try('(')) return this.#closed(depth)
    const path = words.name()
    if (words.try('[')) return this.#element(path, depth)
    return this.#comparison(path)
  }

  #closed(depth: number): Filter {
    const inner = this.disjunction(depth + 1)
    this.#words.take(')')
    return inner
  }

  #element(path: string, depth: number): Filter {
    const inner = this.disjunction(depth + 1)
    this.#words.take(']')
    const sub = this.#words.tail()
    if (sub === undefined) return { kind: 'element', path, inner }
    return { kind: 'element', path, inner: { kind: 'and', left: inner, right: this.#comparison(sub) } }
  }

  #comparison(path: string): Filter {
    const words = this.#words
    if (words.keyword('pr')) return { kind: 'present', path }
    const operator = operators.find((one) => words.keyword(one))
    if (operator === undefined) throw words.wrong(`one of ${operators.join(', ')}, pr`)
    return { kind: 'compare', path, operator, value: words.literal() }
  }
}
