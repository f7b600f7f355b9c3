import { partsAt, spansOf } from '../../../../sql/parser/spans.js'
import { HEADER } from '../../../../wire/cutter.js'
import { bindOf, closeOf, describePortal, executeOf, parse, sync } from '../../../../wire/frontend.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Frontend } from '../../../../wire/tags.js'
import type { Message } from './message.js'
import { Played, type PlayedStatement } from '../witness/played.js'
import type { Witness } from '../witness/witness.js'

/** Name, and number of parameters' types, of an unnamed statement. */
const unnamed = Buffer.from([0])
const noTypes = Buffer.alloc(2)

/** With all that follows its Parse, a simple query leaves no unnamed statement behind. */
const bind = bindOf('')
const run = Buffer.concat([describePortal(''), executeOf('')])
const end = Buffer.concat([closeOf('S', ''), sync()])

/** Parse of the text of a Query, whose bytes stay where they are. */
const parseWhole = (out: Outbox, { buffer, start, end: stop }: Message): void => {
  const header = Buffer.allocUnsafe(HEADER)
  header[0] = Frontend.Parse
  header.writeInt32BE(4 + unnamed.length + (stop - start - HEADER) + noTypes.length, 1)
  out.put(header)
  out.put(unnamed)
  out.keep(buffer, start + HEADER, stop)
  out.put(noTypes)
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
  const parts = parameters.length === 1 ? undefined : spans ? partsAt(text, spans) : spansOf(text)
  const statements: PlayedStatement[] = []
  for (const [i, asked] of parameters.entries()) {
    const part = parts?.[i]
    if (part) out.put(parse('', part.text))
    else parseWhole(out, message)
    out.put(bind)
    const sent = asked && witness.send(out, asked, pipeline)
    out.put(run)
    statements.push({ before: part?.before ?? 0, sent })
    unsettles(i)
  }
  out.put(end)
  return new Played(text, statements, (sent) => witness.confirmed(sent))
}
