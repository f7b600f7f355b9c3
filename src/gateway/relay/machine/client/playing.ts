import { spansIn } from '../../../../sql/parser/spans.js'
import { HEADER } from '../../../../wire/cutter.js'
import { bindOf, closeOf, describePortal, executeOf, sync } from '../../../../wire/frontend.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Blocks } from './blocks.js'
import { Frontend } from '../../../../wire/tags.js'
import type { Message } from './message.js'
import { Played } from '../witness/played.js'
import type { Witness } from '../witness/witness.js'

/** What stands before the text of an unnamed statement, and what ends it: no types of parameters follow. */
const unnamed = Buffer.from([0])
const behind = Buffer.alloc(3)

/** With all that follows its Parse, a simple query leaves no unnamed statement behind. */
const bind = bindOf('')
const run = Buffer.concat([describePortal(''), executeOf('')])
const end = Buffer.concat([closeOf('S', ''), sync()])

/** The text of a Query as the client has sent it, or as it was understood where that has another length. */
const bytesOf = ({ buffer, start, end: stop }: Message, text: string, parts: number): Buffer => {
  const sent = buffer.subarray(start + HEADER, stop - 1)
  return parts === 1 || sent.length === Buffer.byteLength(text) ? sent : Buffer.from(text)
}

/** Parse of the text, whose bytes stay where they are. */
const parseOf = (out: Pick<Outbox, 'put'>, text: Buffer): void => {
  const header = Buffer.allocUnsafe(HEADER)
  header[0] = Frontend.Parse
  header.writeInt32BE(4 + unnamed.length + text.length + behind.length, 1)
  out.put(header)
  out.put(unnamed)
  out.put(text)
  out.put(behind)
}

export interface ToPlay {
  readonly message: Message
  readonly text: string
  /** Where its statements stand, if somebody has found that out. */
  readonly spans: ArrayLike<number> | undefined
  /** Per statement of the text what its witness is asked, if it has one. */
  readonly parameters: readonly (readonly Buffer[] | undefined)[]
  readonly pipeline: number
  readonly witness: Witness
  /** A Parse that can't be parsed. */
  readonly refused: Buffer
}

/** Statements, and bytes of text, that are put together at a time: a few milliseconds of work. */
const STATEMENTS = 256
const BYTES = 1024 * 1024

/**
 * Sends a simple query as an extended one, some statements at a time: between them others have their turn, and the server
 * takes what is there.
 * @see PostgreSQL documentation, "Extended Query"
 */
export class Playing {
  readonly played: Played
  readonly #out: Outbox
  readonly #toPlay: ToPlay
  readonly #bytes: Buffer
  readonly #places: ArrayLike<number>
  readonly #unsettles: (i: number) => void
  #next = 0

  /** @param unsettles is told of each statement when it is on its way */
  constructor(out: Outbox, toPlay: ToPlay, unsettles: (i: number) => void) {
    const { message, text, spans, parameters, witness } = toPlay
    this.#out = out
    this.#toPlay = toPlay
    this.#unsettles = unsettles
    this.#bytes = bytesOf(message, text, parameters.length)
    this.#places = parameters.length === 1 ? [0, this.#bytes.length] : (spans ?? spansIn(text))
    this.played = new Played(this.#bytes, parameters.length, (sent) => witness.confirmed(sent))
  }

  /**
   * Puts the next statements together; where it was canceled, what raises an error in their place.
   * @param failed the server has raised an error, and skips what is left
   * @returns whether that was all
   */
  next(failed: boolean): boolean {
    const { parameters, witness, pipeline } = this.#toPlay
    const blocks = parameters.length === 1 ? undefined : new Blocks(this.#out)
    const to = blocks ?? this.#out
    const stops = failed || this.played.canceled
    const most = stops ? this.#next : Math.min(this.#next + STATEMENTS, parameters.length)
    for (let bytes = 0; this.#next < most && bytes < BYTES; this.#next++) {
      const [i, asked] = [this.#next, parameters[this.#next]]
      const [before, behind] = [this.#places[2 * i]!, this.#places[2 * i + 1]!]
      bytes += behind - before
      parseOf(to, this.#bytes.subarray(before, behind))
      to.put(bind)
      const sent = asked && witness.send(to, asked, pipeline)
      to.put(run)
      this.played.sent({ before, sent })
      this.#unsettles(i)
    }
    const whole = stops || this.#next === parameters.length
    if (whole) {
      if (!failed && this.played.canceled) to.put(this.#toPlay.refused)
      to.put(end)
      this.played.whole = true
    }
    blocks?.end()
    return whole
  }
}
