import type { Steps } from '../../steps.js'

/** Characters that are parsed in one step: about half a millisecond. */
const PIECE = 64_000

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const [OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Where a string ends that begins at `at`, behind its closing quote. */
const behindString = (text: string, at: number): number => {
  for (let end = at + 1; ; end++) {
    end = text.indexOf('"', end)
    if (end < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return end + 1
  }
}

/**
 * Places at which members of the outermost array or object end, at the least so many characters apart; the last is the end
 * of all of them.
 */
function* cuts(text: string, from: number, apart: number): Steps<number[]> {
  const ends: number[] = []
  let depth = 0
  let last = from
  let paused = from
  for (let at = from; at < text.length; at++) {
    if (at - paused >= PIECE) {
      paused = at
      yield
    }
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = behindString(text, at) - 1
    else if (code === OPEN || code === OPEN_OBJECT) depth++
    else if (code === CLOSE || code === CLOSE_OBJECT) {
      if (depth-- > 0) continue
      ends.push(at)
      return ends
    } else if (code === COMMA && depth === 0 && at - last >= apart) {
      ends.push(at)
      last = at
    }
  }
  throw new SyntaxError('a JSON text that ends early')
}

function* parsedArray(text: string, from: number): Steps<unknown[]> {
  const all: unknown[] = []
  let begin = from
  for (const end of yield* cuts(text, from, PIECE)) {
    for (const each of JSON.parse(`[${text.slice(begin, end)}]`) as unknown[]) all.push(each)
    begin = end + 1
    yield
  }
  return all
}

function* parsedObject(text: string, from: number): Steps<Record<string, unknown>> {
  const all: [string, unknown][] = []
  let begin = from
  for (const end of yield* cuts(text, from, 0)) {
    const quote = text.indexOf('"', begin)
    const behind = behindString(text, quote)
    const name = JSON.parse(text.slice(quote, behind)) as string
    const value = text.slice(text.indexOf(':', behind) + 1, end)
    all.push([name, yield* parsed(value)])
    begin = end + 1
  }
  return Object.fromEntries(all)
}

/** What `JSON.parse` makes of a text, in steps where it is long. @throws {SyntaxError} */
export function* parsed(text: string): Steps<unknown> {
  const begin = text.search(/\S/)
  const first = text.charCodeAt(begin)
  if (text.length <= PIECE || (first !== OPEN && first !== OPEN_OBJECT)) return JSON.parse(text) as unknown
  return yield* first === OPEN ? parsedArray(text, begin + 1) : parsedObject(text, begin + 1)
}
