import { isVeryLong } from '../../../../policy/texts/long-texts.js'
import { partsAt, spansOf } from '../../../../sql/parser/spans.js'
import { mistakesIn } from '../../../../sql/parser/inner-query.js'
import { closeOf, parse, type Parse, sync } from '../../../../wire/frontend.js'
import type { Outbox } from '../../../../wire/outbox.js'
import type { Check } from '../requests.js'
import type { OwnNames } from './parts.js'

/** What the server has to read. Of a very long statement it is not looked for what stands inside of it: that takes a while. */
const inside = (statement: string): string => (isVeryLong(statement) ? statement : mistakesIn(statement))

/**
 * In place of a Parse that the proof refuses: a Parse of the same text, which runs nothing, and only where the server finds no
 * mistake in it the one that can't be parsed. Nothing of it is left behind.
 */
export const checkParse = (out: Outbox, { name, text, types }: Parse, own: OwnNames): Check => {
  const looked = inside(text)
  // The unnamed statement ends with each Parse of another, also of one that fails.
  if (name === '') out.put(parse('', looked, types))
  else for (const message of [parse(own.check, looked, types), closeOf('S', own.check)]) out.put(message)
  out.put(parse(name, own.refused))
  return { before: [0], answers: name === '' ? 1 : 2 }
}

/**
 * The same in place of a Query, as an extended query with a Sync of its own: the statements of the text one after the other.
 * @param last the one that is refused, from 0
 * @param spans where the statements stand, if somebody has found that out
 */
export const checkQuery = (
  out: Outbox,
  text: string,
  last: number,
  own: OwnNames,
  spans?: ArrayLike<number>,
): Check => {
  const parts = (spans ? partsAt(text, spans) : spansOf(text)).slice(0, last + 1)
  // Those before it have nothing inside of them that the server reads later.
  for (const [at, part] of parts.entries()) out.put(parse('', at === last ? inside(part.text) : part.text))
  out.put(parse('', own.refused))
  out.put(sync())
  return { before: parts.map(({ before }) => before), answers: 1 }
}
