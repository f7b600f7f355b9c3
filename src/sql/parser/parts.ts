import { parseNormalized, type ParsedNormalized, type SyntaxError } from '../parser.js'

/** Characters that are parsed at a time: a few milliseconds. */
const PART = 8_192

/** Ends that are tried for each part before it is made longer. */
const TRIES = 3

/**
 * Parses the text up to a semicolon, if that ends a statement of the text as a whole. It does where the parser took it for
 * the end of the last statement: it reads from left to right and looks no further than the semicolon. One in a comment, a
 * string or the body of a function ends no statement.
 */
const upTo = (text: string, start: number, semicolon: number): readonly ParsedNormalized[] | undefined => {
  const part = text.slice(start, semicolon + 1)
  const parsed = parseNormalized(part)
  const last = parsed.ok ? parsed.statements.at(-1) : undefined
  return parsed.ok && last?.span[1] === Buffer.byteLength(part) - 1 ? parsed.statements : undefined
}

const cut = (
  text: string,
  start: number,
): { readonly statements: readonly ParsedNormalized[]; readonly next: number } | undefined => {
  for (let size = PART; start + size < text.length; size *= 2) {
    let semicolon = start + size
    for (let tries = 0; tries < TRIES; tries++) {
      semicolon = text.lastIndexOf(';', semicolon - 1)
      if (semicolon <= start) break
      const statements = upTo(text, start, semicolon)
      if (statements) return { statements, next: semicolon + 1 }
    }
  }
  return undefined
}

/**
 * Parses a text part by part, so that whoever asks can do something else in between.
 * @returns why it can't be parsed, as for the whole text
 */
export function* parseInParts(text: string): Generator<readonly ParsedNormalized[], SyntaxError | undefined> {
  let start = 0
  let bytes = 0
  const placed = (statements: readonly ParsedNormalized[]): readonly ParsedNormalized[] =>
    bytes === 0
      ? statements
      : statements.map(({ tree, literals, span: [from, to] }) => ({ tree, literals, span: [from + bytes, to + bytes] }))
  while (text.length - start > PART) {
    const part = cut(text, start)
    if (!part) break
    yield placed(part.statements)
    bytes += Buffer.byteLength(text.slice(start, part.next))
    start = part.next
  }
  const rest = parseNormalized(start === 0 ? text : text.slice(start))
  if (!rest.ok) {
    // Where something is wrong, the whole text says where.
    const whole = start === 0 ? rest : parseNormalized(text)
    return whole.ok ? rest : whole
  }
  yield placed(rest.statements)
  return undefined
}
