import { bad, type ScimError } from './error.js'

export type Literal = string | number | boolean | null

/** Characters of a filter or path; the longest that providers send are a few hundred. */
const longest = 2048

const name = /[A-Za-z][\w$-]*(?::[\w$.-]+)*(?:\.[A-Za-z$][\w$-]*)*/y
const literal = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/iy
const tail = /\.[A-Za-z$][\w$-]*/y

/** The words of a filter, one after the other. */
export class Words {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    if (text.length > longest) throw bad('invalidFilter', `it is longer than ${longest} characters`)
    this.#text = text
  }

  /** A word that isn't what it should be. */
  wrong(expected: string): ScimError {
    return bad('invalidFilter', `at character ${this.#at + 1}: ${expected} is expected`)
  }

  end(): void {
    this.#blanks()
    if (this.#at < this.#text.length) throw this.wrong('the end')
  }

  try(sign: '(' | ')' | '[' | ']'): boolean {
    this.#blanks()
    if (this.#text[this.#at] !== sign) return false
    this.#at++
    return true
  }

  take(sign: '(' | ')' | '[' | ']'): void {
    if (!this.try(sign)) throw this.wrong(sign)
  }

  /** `and`, `eq` and the like, in any case, with something else behind. */
  keyword(word: string): boolean {
    this.#blanks()
    const found = this.#text.slice(this.#at, this.#at + word.length).toLowerCase() === word
    if (!found || /[\w$.:-]/.test(this.#text[this.#at + word.length] ?? ' ')) return false
    this.#at += word.length
    return true
  }

  /** `not`, where a parenthesis follows. */
  negation(): boolean {
    this.#blanks()
    if (!/^not\s*\(/i.test(this.#text.slice(this.#at, this.#at + 40))) return false
    this.#at += 'not'.length
    return true
  }

  name(): string {
    this.#blanks()
    const found = this.#match(name)
    if (found === undefined) throw this.wrong('the name of an attribute')
    return found
  }

  /** `.value` behind a bracket. */
  tail(): string | undefined {
    return this.#match(tail)?.slice(1)
  }

  literal(): Literal {
    this.#blanks()
    const found = this.#match(literal)
    if (found === undefined) throw this.wrong('a value, text in double quotes')
    try {
      return JSON.parse(found.startsWith('"') ? found : found.toLowerCase()) as Literal
    } catch {
      throw this.wrong('a value as in JSON')
    }
  }

  #blanks(): void {
    while (this.#text[this.#at] === ' ') this.#at++
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found !== undefined) this.#at += found.length
    return found
  }
}
