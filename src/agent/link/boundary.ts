import { HEADER } from '../../wire/cutter.js'
import { Backend } from '../../wire/tags.js'

/** What is longer is rows, of which none is looked at: they are too many. */
const LONGEST = 16_383

/** ReadyForQuery: its type, its length, and the state of the transaction. */
const READY = 6

const endsReady = (chunk: Buffer): boolean =>
  chunk.length >= READY &&
  chunk[chunk.length - READY] === Backend.ReadyForQuery &&
  chunk.readUInt32BE(chunk.length - 5) === 5

/** Whether whole messages are all that it holds. */
const isWhole = (chunk: Buffer): boolean => {
  let at = 0
  while (at + HEADER <= chunk.length) at += 1 + chunk.readUInt32BE(at + 1)
  return at === chunk.length
}

/**
 * Knows whether what a server has sent so far ends with a message, so that something may be said behind it. Short chunks are
 * walked through; behind long ones it is known again with the next ReadyForQuery.
 */
export class Boundary {
  #known = true

  take(chunk: Buffer): void {
    this.#known = endsReady(chunk) || (this.#known && chunk.length <= LONGEST && isWhole(chunk))
  }

  get reached(): boolean {
    return this.#known
  }
}
