import { HoopError } from '../../../../lib/errors.js'
import type { ErrorFields } from '../../../../wire/error-fields.js'
import type { Sent } from './witness.js'
import { Backend } from '../../../../wire/tags.js'

/** What the server answers to the statement at hand of a text that is played as an extended query. */
type Stage = 'parse' | 'bind' | 'witness' | 'run' | 'close'

/** Characters in so many bytes of UTF-8: all but those that continue one. */
const charactersIn = (text: Buffer, bytes: number): number => {
  let characters = 0
  for (let at = 0; at < bytes; at++) if ((text[at]! & 0xc0) !== 0x80) characters++
  return characters
}

/** What the server says of a cancel that finds it at work. */
export const canceling: ErrorFields = {
  S: 'ERROR',
  V: 'ERROR',
  C: '57014',
  M: 'canceling statement due to user request',
}

/** One statement of the text. */
export interface PlayedStatement {
  /** Bytes of the text in front of it. */
  readonly before: number
  /** Its witness, where it has one. */
  readonly sent: Sent | undefined
}

const stray = (tag: number, stage: Stage): HoopError =>
  new HoopError('PROTOCOL_DESYNC', `${String.fromCharCode(tag)} in the stage ${stage} of a played query`)

/**
 * A simple query that is sent as an extended one: per statement Parse, Bind, witness, Describe and Execute, at its end one
 * Close and one Sync. So the names in it are resolved and locked before the witness looks. What the client must not see of
 * it is swallowed here.
 */
export class Played {
  readonly #text: Buffer
  /** Those that were sent. */
  readonly #statements: PlayedStatement[] = []
  readonly #count: number
  readonly #confirmed: (sent: Sent) => void
  #stage: Stage = 'parse'
  #at = 0
  #left = 0
  /** The client has had something of the answer to the statement at hand: its columns, or rows. */
  shown = false
  /** The Sync is on its way. */
  whole = false
  /** What was not sent by then has an error in its place, behind all that was. */
  canceled = false

  /**
   * @param count statements of the text; each is told of by `sent`
   * @param confirmed is told when a witness has been answered
   */
  constructor(text: Buffer, count: number, confirmed: (sent: Sent) => void) {
    this.#text = text
    this.#count = count
    this.#confirmed = confirmed
  }

  /** The next statement is on its way. */
  sent(statement: PlayedStatement): void {
    this.#statements.push(statement)
  }

  /** The witness that is about to say its word, or has said an error. */
  get witness(): Sent | undefined {
    return this.#stage === 'witness' ? this.#statements[this.#at]?.sent : undefined
  }

  /** Characters in front of the statement at hand, as the server counts them. */
  get #offset(): number {
    return charactersIn(this.#text, this.#statements[this.#at]?.before ?? 0)
  }

  /** An error as the simple query would have got it: positions count from the text's start, and `$1` is no parameter. */
  asSimple(fields: ErrorFields): ErrorFields {
    if (this.canceled && this.#at >= this.#statements.length) return canceling
    const offset = this.#offset
    const moved =
      offset > 0 && fields['P'] !== undefined ? { ...fields, P: String(Number(fields['P']) + offset) } : fields
    if (this.#stage !== 'bind' || fields['C'] !== '08P01') return moved
    return { ...moved, C: '42P02', M: 'there is no parameter $1' }
  }

  /** Takes one answer, errors and what comes unasked aside. @returns whether it is for the client */
  answer(tag: number): boolean {
    if (this.#stage !== 'close' && this.#at >= this.#statements.length) throw stray(tag, this.#stage)
    switch (this.#stage) {
      case 'parse':
        if (tag !== Backend.ParseComplete) throw stray(tag, this.#stage)
        this.#stage = 'bind'
        return false
      case 'bind':
        if (tag !== Backend.BindComplete) throw stray(tag, this.#stage)
        this.#left = this.#statements[this.#at]?.sent?.answers ?? 0
        this.#stage = this.#left > 0 ? 'witness' : 'run'
        return false
      case 'witness': {
        const { witness } = this
        if (--this.#left > 0 || !witness) return false
        this.#stage = 'run'
        this.#confirmed(witness)
        return false
      }
      case 'run':
        if (tag === Backend.NoData) return false
        return (this.shown = true)
      case 'close':
        if (tag !== Backend.CloseComplete) throw stray(tag, this.#stage)
        return false
    }
  }

  /** The statement at hand has completed. */
  completed(): void {
    this.#at++
    this.shown = false
    this.#stage = this.#at < this.#count ? 'parse' : 'close'
  }
}
