import { HEADER } from '../../../../wire/cutter.js'
import { Frontend } from '../../../../wire/tags.js'
import type { Message } from '../client/message.js'

/** Whether the message ends what one transaction may hold. */
const ends = (tag: number): boolean => tag === Frontend.Sync || tag === Frontend.Query

/** What has an effect that can't be had again by sending it again. */
const once: ReadonlySet<number> = new Set([
  ...[Frontend.CopyData, Frontend.CopyDone, Frontend.CopyFail, Frontend.FunctionCall, Frontend.Terminate],
])

/** Parse of the unnamed statement: with it goes what else may have put another in its place. */
const isUnnamed = ({ tag, buffer, start }: Message): boolean => tag === Frontend.Parse && buffer[start + HEADER] === 0

/** Portals end with the transaction that they were bound in, what has a name and was prepared does not. */
const goesAgain = (message: Message): boolean => {
  const { tag, buffer, start } = message
  return isUnnamed(message) || tag === Frontend.Bind || (tag === Frontend.Describe && buffer[start + HEADER] === 0x50)
}

/**
 * What the client has sent since the last Sync or Query, kept until it is answered: where a witness fails before anything of
 * it has run, all of it can be played again, and the client never knows.
 */
export class Batch {
  readonly #limit: number
  #messages: Message[] = []
  #bytes = 0
  /** Sync or Query has come. */
  #whole = false
  /** A statement of it has been answered, or it is too long, or it has been played before. */
  #spent = false
  /** Tells one batch from another. */
  #serial = 0
  /** Messages that the client has the answers to. */
  #answered = 0
  #had: Had = { parses: 0, binds: 0, described: [] }

  /** @param limit bytes that are kept; 0: nothing is */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** A message is on its way to the server. */
  sent(message: Message): void {
    if (this.#limit === 0) return
    if (this.#whole) this.#clear(false)
    if (this.#spent) {
      this.#whole = ends(message.tag)
      return
    }
    this.#bytes += message.end - message.start
    if (this.#bytes > this.#limit || once.has(message.tag)) this.#spend()
    else this.#messages.push(message)
    this.#whole = ends(message.tag)
  }

  /** The client has got the answer to a statement, or something was decided for this one execution. */
  spend(): void {
    if (this.#limit > 0 && !this.#spent) this.#spend()
  }

  /** The client has got the answer to a Parse, Bind, Describe or Close. @param description of a portal */
  answered(what: 'bind' | 'unnamed' | 'other', description?: Buffer): void {
    if (this.#spent || this.#limit === 0) return
    this.#answered++
    if (what === 'unnamed') this.#had.parses++
    if (what === 'bind') this.#had.binds++
    if (description) this.#had.described.push(description)
  }

  /** Whether it makes all that is unnamed in it itself. */
  get holdsUnnamed(): boolean {
    return this.#messages.some((message) => message.tag === Frontend.Query || isUnnamed(message))
  }

  /** Its number, where all of it has come, nothing behind it, and nothing of it has run. */
  get playable(): number | undefined {
    return this.#whole && !this.#spent && this.#messages.length > 0 ? this.#serial : undefined
  }

  /**
   * Takes out what has to be sent again. What comes next is the same batch, and is not kept once more.
   * @returns the messages, and the answers to them that the client has had
   */
  take(): { readonly messages: readonly Message[]; readonly had: Had } {
    let left = this.#answered
    const messages = this.#messages.filter((message) => {
      const done = left > 0
      if (done && message.tag !== Frontend.Flush) left--
      return !done || goesAgain(message)
    })
    const had = this.#had
    this.#clear(true)
    return { messages, had }
  }

  #spend(): void {
    this.#spent = true
    this.#messages = []
    this.#had = { parses: 0, binds: 0, described: [] }
    this.#answered = 0
    this.#bytes = 0
  }

  #clear(spent: boolean): void {
    this.#spend()
    this.#spent = spent
    this.#whole = false
    this.#serial++
  }
}

/** Answers that the client has had, and does not get again. */
export interface Had {
  parses: number
  binds: number
  readonly described: Buffer[]
}
