import { setImmediate as turn } from 'node:timers/promises'

/** Shorter texts are decided on at once. Characters. */
const LONG = 16_384

/** Milliseconds of work before others have their turn. */
const TURN = 5

/** Texts that are remembered until somebody asks for the answer. */
const MAX_TEXTS = 8

/** Work on long texts, done in turns ahead of the question. What was worked out for another catalog is of no use. */
export class LongTexts<Basis extends object, Answer> {
  readonly #answers = new Map<string, { readonly basis: Basis; readonly answer: Answer }>()

  /** Whether working on a text takes so long that others would notice. */
  isLong(text: string): boolean {
    return text.length >= LONG
  }

  /** @throws what the work throws */
  async work(text: string, basis: Basis, steps: Generator<undefined, Answer>): Promise<void> {
    let begun = performance.now()
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return this.#keep(text, basis, step.value)
      if (performance.now() - begun < TURN) continue
      await turn()
      begun = performance.now()
    }
  }

  /** The answer, once: whoever asks again has it worked out anew. */
  take(text: string, basis: Basis): Answer | undefined {
    const kept = this.#answers.get(text)
    this.#answers.delete(text)
    return kept?.basis === basis ? kept.answer : undefined
  }

  #keep(text: string, basis: Basis, answer: Answer): void {
    const [oldest] = this.#answers.keys()
    if (oldest !== undefined && this.#answers.size >= MAX_TEXTS) this.#answers.delete(oldest)
    this.#answers.set(text, { basis, answer })
  }
}
