import { as, text, walk } from '../tree.js'

/** PostgreSQL's blanks are these alone, and any character beyond ASCII is part of a name (scan.l: space, ident_start). */
const blank = '[ \\t\\n\\r\\f\\v]'
const letter = 'A-Za-z_\\u{80}-\\u{10ffff}'

/** The rest of a string with escapes, from its quote on; behind a line's end it goes on in the next quotes (scan.l: xqs). */
const escaped = String.raw`'(?:[^'\\]|\\[^]|'')*'`
const goesOn = String.raw`(?:[ \t\f\v]|--[^\r\n]*)*[\r\n](?:${blank}|--[^\r\n]*[\r\n])*`

/** What PL/pgSQL's scanner takes for one token; comments and blanks between them are no tokens. */
const token = new RegExp(
  [
    String.raw`(?<gap>${blank}+|--[^\r\n]*)|\/\*`,
    String.raw`(?:[uU]&)?"(?:[^"]|"")*"|[eE]${escaped}(?:${goesOn}${escaped})*|'(?:[^']|'')*'`,
    String.raw`[${letter}][${letter}0-9$]*|\$(?<tag>(?:[${letter}][${letter}0-9]*)?)\$|:=|[^]`,
  ].join('|'),
  'gu',
)

/** Comments of that kind stand inside of each other. */
const endOfComment = (source: string, start: number): number => {
  const bounds = /\/\*|\*\//g
  bounds.lastIndex = start
  let depth = 1
  for (let bound = bounds.exec(source); bound; bound = bounds.exec(source)) {
    depth += bound[0] === '/*' ? 1 : -1
    if (depth === 0) return bounds.lastIndex
  }
  return source.length
}

const endOfQuote = (source: string, quote: string, start: number): number => {
  const at = source.indexOf(quote, start)
  return at < 0 ? source.length : at + quote.length
}

interface Token {
  readonly word: string
  readonly start: number
  readonly end: number
}

/** Names without quotes are in small letters. */
const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = []
  token.lastIndex = 0
  for (let found = token.exec(source); found; found = token.exec(source)) {
    const [whole] = found
    const next = token.lastIndex
    if (whole === '/*') token.lastIndex = endOfComment(source, next)
    else if (found.groups?.['tag'] !== undefined) token.lastIndex = endOfQuote(source, whole, next)
    if (whole === '/*' || found.groups?.['gap'] !== undefined) continue
    tokens.push({
      word: /^(?:u&)?"/i.test(whole) ? whole : whole.toLowerCase(),
      start: found.index,
      end: token.lastIndex,
    })
  }
  return tokens
}

const begins: ReadonlySet<string> = new Set([':=', '=', 'default'])

/** Where a declaration’s type ends: in front of its default. */
const endOfType = (tokens: readonly Token[], at: number): number =>
  tokens[at - 1]?.word === 'null' && tokens[at - 2]?.word === 'not' ? at - 2 : at

/**
 * The expressions by which a body in PL/pgSQL sets records where it declares them: libpg_query's tree has the records, and
 * any variable of a type that it doesn't know is one to it, but not these.
 * @param source the body's own text
 */
export const recordDefaults = (tree: unknown, source: string): readonly string[] => {
  const types: (readonly Token[])[] = []
  walk(tree, (node) => {
    const record = as(node, 'PLpgSQL_rec')
    if (record) types.push(tokensOf(text(as(record['datatype'], 'PLpgSQL_type')?.['typname']) ?? 'record'))
  })
  if (types.length === 0) return []
  const tokens = tokensOf(source)
  return tokens.flatMap(({ word, end: start }, at) => {
    if (!begins.has(word)) return []
    const end = endOfType(tokens, at)
    const declares = types.some((type) =>
      type.every((part, index) => tokens[end - type.length + index]?.word === part.word),
    )
    if (!declares) return []
    const last = tokens.slice(at).find((each) => each.word === ';')
    return [source.slice(start, last?.start ?? source.length)]
  })
}
