import { unproven, type Refusal } from './refusal.js'

/** Columns that the server takes in one list (MaxTupleAttributeNumber): it refuses what is wider, named by anything or not. */
const WIDEST = 1_664

/** Columns in all lists of one statement together, each as often as it is listed anew: about 50 MB. */
const ALL = 500_000

const tooComplex = (why: string): Refusal =>
  unproven('the statement', `it is too complex to be analysed: ${why}`, 'query')

/** How many columns a statement makes. Each `*` may have twice as many as the one before, in a text of a few lines. */
export class Width {
  #all = 0

  /** @throws {Refusal} where the server wouldn't take so many in one list */
  one(columns: number): void {
    if (columns > WIDEST) throw tooComplex(`a list in it has more than ${WIDEST} columns`)
  }

  /** A list of columns is made. @throws {Refusal} where all of them together are too many */
  add(columns: number): void {
    this.#all += columns
    if (this.#all > ALL) throw tooComplex(`its queries have more than ${ALL.toLocaleString('en-US')} columns together`)
  }
}
