import { setImmediate as turn } from 'node:timers/promises'

/** Shorter texts are decided on at once. Characters. */
const LONG = 16_384

/** Shorter ones are worked on in turns, where the event loop carries sessions; longer ones elsewhere. Characters. */
const VERY_LONG = 65_536

/** Milliseconds of work before others have their turn. */
const TURN = 5

/** What texts and answers may hold that are kept, about, in bytes. The last one is kept however long it is. */
const KEPT = 32_000_000

/** For how long it is, where it is longer than that. Milliseconds. */
const BRIEFLY = 10_000

/** Whether working on a text takes so long that others would notice. */
export const isLong = (text: string | number): boolean => (typeof text === 'string' ? text.length : text) >= LONG

export const isVeryLong = (text: string): boolean => text.length >= VERY_LONG

/** A text that has to be read first, elsewhere. It is no refusal, and nothing may take it for one. */
export class Unread extends Error {
  readonly text: string

  constructor(text: string) {
    super('a long text that nobody has read')
    this.text = text
  }
}

/** Does work in turns, between which others have theirs. @throws what the work throws */
export const inTurns = async <T>(steps: Generator<undefined, T>): Promise<T> => {
  let begun = performance.now()
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    if (performance.now() - begun < TURN) continue
    await turn()
    begun = performance.now()
  }
}

interface Kept<Basis, Answer> {
  readonly basis: Basis
  readonly answer: Answer
  readonly bytes: number
}

/** What was worked out for long texts, whose statements are about to run. What was for another catalog is of no use. */
export class LongTexts<Basis extends object, Answer> {
  readonly #kept = new Map<string, Kept<Basis, Answer>>()
  #bytes = 0

  get(text: string, basis: Basis): Answer | undefined {
    const kept = this.#kept.get(text)
    return kept?.basis === basis ? kept.answer : undefined
  }

  /** @param bytes of the answer, about */
  keep(text: string, basis: Basis, answer: Answer, bytes: number): void {
    this.#drop(text)
    const all = 2 * text.length + bytes
    for (const [other, kept] of this.#kept) if (kept.basis !== basis || this.#bytes + all > KEPT) this.#drop(other)
    this.#kept.set(text, { basis, answer, bytes: all })
    this.#bytes += all
    if (all > KEPT) setTimeout(() => this.#kept.get(text)?.answer === answer && this.#drop(text), BRIEFLY).unref()
  }

  #drop(text: string): void {
    this.#bytes -= this.#kept.get(text)?.bytes ?? 0
    this.#kept.delete(text)
  }
}
