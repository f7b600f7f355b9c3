import { spansIn } from '../../../../sql/parser/spans.js'
import { HEADER } from '../../../../wire/cutter.js'
import { bindOf, closeOf, describePortal, executeOf, sync } from '../../../../wire/frontend.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Blocks } from './blocks.js'
import { Frontend } from '../../../../wire/tags.js'
import type { Message } from './message.js'
import { Played, type PlayedStatement } from '../witness/played.js'
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
}

/** Sends a simple query as an extended one. @see PostgreSQL documentation, "Extended Query" */
export const play = (
  out: Outbox,
  { message, text, spans, parameters, pipeline, witness }: ToPlay,
  unsettles: (i: number) => void,
): Played => {
  const bytes = bytesOf(message, text, parameters.length)
  const places = parameters.length === 1 ? [0, bytes.length] : (spans ?? spansIn(text))
  const blocks = parameters.length === 1 ? undefined : new Blocks(out)
  const to = blocks ?? out
  const statements: PlayedStatement[] = []
  for (const [i, asked] of parameters.entries()) {
    const before = places[2 * i]!
    parseOf(to, bytes.subarray(before, places[2 * i + 1]))
    to.put(bind)
    const sent = asked && witness.send(to, asked, pipeline)
    to.put(run)
    statements.push({ before, sent })
    unsettles(i)
  }
  to.put(end)
  blocks?.end()
  return new Played(bytes, statements, (sent) => witness.confirmed(sent))
}
