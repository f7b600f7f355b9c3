import type { Verdict } from './verdict.js'

/** Longer texts carry their data with them and seldom come twice. Characters. */
const MAX_TEXT = 32_768

/** Per generation. */
const MAX_ENTRIES = 4_000
const MAX_CHARACTERS = 8_000_000

/**
 * Verdicts by text, bounded in number and size. Two generations: what was used since the older one was closed survives,
 * and a hit among the young costs one lookup and nothing else.
 */
export class DecisionCache {
  #young = new Map<string, Verdict>()
  #old = new Map<string, Verdict>()
  #characters = 0

  get(text: string): Verdict | undefined {
    const found = this.#young.get(text)
    if (found !== undefined) return found
    const old = this.#old.get(text)
    if (old !== undefined) this.set(text, old)
    return old
  }

  set(text: string, verdict: Verdict): void {
    if (text.length > MAX_TEXT) return
    if (this.#young.size >= MAX_ENTRIES || this.#characters + text.length > MAX_CHARACTERS) {
      this.#old = this.#young
      this.#young = new Map()
      this.#characters = 0
    }
    this.#young.set(text, verdict)
    this.#characters += text.length
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#characters = 0
  }
}
