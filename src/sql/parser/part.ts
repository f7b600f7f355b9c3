import { parse } from '../parser.js'
import { isFields } from '../tree.js'

/** Ends that are tried for each beginning, so that a long text costs no more than a short one. */
const TRIES = 12

/** Characters that are parsed in all of these tries: so many, and the text so many times. */
const TRIED = 1_000_000
const TIMES = 4

/** Where a node stands in its text says nothing of what it means. */
const places = /"(?:location|stmt_location|stmt_len|list_start|list_end|rexpr_list_start|rexpr_list_end)":-?\d+,?/g

const shape = (node: unknown): string => JSON.stringify(node).replace(places, '').replaceAll(',}', '}')

const positions = (text: string, pattern: RegExp): number[] => [...text.matchAll(pattern)].map(({ index }) => index)

/**
 * The text of a query that stands inside another statement, whose tree has no place for where it begins and ends: parts of
 * the text are parsed until one gives the very same tree.
 * @param opening what may stand in front of it
 * @param closing what may stand behind it; the text's end where it is left out
 */
export const partOf = (text: string, node: unknown, opening: RegExp, closing?: RegExp): string | undefined => {
  if (!isFields(node)) return undefined
  const wanted = shape(node)
  let tried = 0
  const ends = closing ? positions(text, closing).slice(-TRIES).reverse() : [text.length]
  for (const start of positions(text, opening).slice(0, TRIES))
    for (const end of ends) {
      if (end <= start + 1) continue
      const part = text.slice(start + 1, end)
      tried += part.length
      if (tried > TRIED + TIMES * text.length) return undefined
      const parsed = parse(part)
      if (!parsed.ok || parsed.statements.length !== 1) continue
      if (shape(parsed.statements[0]!.node) === wanted) return part
    }
  return undefined
}
