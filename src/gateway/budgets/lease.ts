import { HoopError } from '../../lib/errors.js'
import { type Counts, nothing, type Unit, units } from './counts.js'

/**
 * What the store has noted runs ahead of what was counted by a tenth and this much, so that after a crash too much counts as
 * used; and what was counted may run ahead of what the store has noted by no more than this much, and one chunk of bytes for
 * each session of the person.
 */
const SLICE: Readonly<Record<Unit, number>> = { rows: 1000, bytes: 1_000_000, vectors: 100 }

/** Questions about masked values that may be open while the store fails. */
const QUESTIONS = 100

/**
 * What one person may use before the store has to note more of it: asked for ahead, so that nobody waits for a store that
 * answers.
 */
export class Lease {
  /** Of the hour that is running: what was counted, the store was asked to note, and has noted. */
  #used: Readonly<Counts> = nothing()
  #asked: Readonly<Counts> = nothing()
  #noted: Readonly<Counts> = nothing()
  #failed = false
  #waiting: (() => void)[] = []
  /** Questions that the store has not noted. */
  questions = 0

  /** Another hour begins, or the gateway. @param noted what the store has of it */
  begin(noted: Readonly<Counts>): void {
    this.#asked = this.#noted = noted
  }

  /** @returns what the store is to note now, where the slice is half used */
  use(used: Readonly<Counts>): Counts | undefined {
    this.#used = { ...used }
    return units.some((unit) => used[unit] * 1.05 + SLICE[unit] / 2 > this.#asked[unit]) ? this.next() : undefined
  }

  /** What was counted and a slice. */
  next(): Counts {
    const more = (unit: Unit) => Math.ceil(this.#used[unit] * 1.1) + SLICE[unit]
    return { rows: more('rows'), bytes: more('bytes'), vectors: more('vectors') }
  }

  ask(counts: Readonly<Counts>): void {
    this.#asked = counts
  }

  noted(counts: Readonly<Counts>): void {
    this.#noted = counts
    this.#failed = false
    this.#wake()
  }

  /** The store does not note it. @returns whether it did the last time */
  fail(): boolean {
    const first = !this.#failed
    this.#failed = true
    this.#wake()
    return first
  }

  /** Whether nothing more may leave before the store has answered. */
  get waits(): boolean {
    return !this.#failed && this.#behind
  }

  /** Why nothing more may leave at the moment. */
  get refusal(): HoopError | undefined {
    return this.#failed && this.#behind ? new HoopError('BUDGET_UNCOUNTED') : undefined
  }

  /** Why nothing more may be asked about masked values at the moment. */
  get questionsRefused(): HoopError | undefined {
    return this.#failed && this.questions > QUESTIONS ? new HoopError('BUDGET_UNCOUNTED') : undefined
  }

  /** Calls back once, as soon as nothing waits. */
  whenAnswered(resume: () => void): void {
    this.#waiting.push(resume)
  }

  get #behind(): boolean {
    return units.some((unit) => this.#used[unit] > this.#noted[unit] + SLICE[unit])
  }

  #wake(): void {
    if (this.waits) return
    for (const resume of this.#waiting.splice(0)) resume()
  }
}
