import { arrayOf, begunList, castArrayOf, denseText, sparseText } from './numbers.js'

/** What stands for a vector. @param numbers without blanks, in brackets or braces */
type Print = (dimensions: number, numbers: string) => string

/** Fewer numbers than these are no embedding: ranges, points and short lists are left as they are. */
export const fewest = 3

/** A constant that goes on in another line is one with what stands there. @see PostgreSQL documentation, 4.1.2.1 */
const joined = String.raw`'[ \t]*[\r\n]\s*'`
const digits = String.raw`(?:[\da-fA-FxXpP+\-.,\s]|${joined})+`
const indexed = String.raw`(?:[\da-fA-FxXpP+\-.,:\s]|${joined})+`
const gap = String.raw`(?:\s|${joined})*`

const bracketed = String.raw`\[${digits}(?:\]${gap}|$)`
const sparse = String.raw`\{${indexed}\}\s*/\s*\d{1,10}\s*`
const braced = String.raw`\{${indexed}(?:\}${gap}|$)`

/** A literal of numbers in brackets, to its end or the end of what is recorded of the text. */
const literal = new RegExp(`'(${gap}(?:${bracketed}|${sparse}|${braced}))('?)`, 'g')

/** Between dollars, and within an array's text. */
const dollars = new RegExp(String.raw`\$(\w*)\$(\s*(?:\[[^[\]$]+\]|\{[^{}$]+\}\s*/\s*\d{1,10})\s*)\$\1\$`, 'g')
const inArray = /(?<=[{,]\s*)"(\s*\[[^[\]"]+\]\s*)"(?=\s*[,}])/g

/** What makes an array a vector: a cast, or the end of one that has a name. */
const type = String.raw`(?:\w+\s*\.\s*)?"?(?:vector|halfvec|sparsevec)\b`
/** No more of them, and no longer ones: who writes a text of nothing else must not have it read again from each on. */
const otherCast = String.raw`::\s*[\w".]{1,130}(?:[ \t]{1,9}\w{1,60})?(?:\(\d{1,9}\))?(?:\[\d{0,9}\])?[\s)]*`
const cast = String.raw`(?=[\s)]*(?:(?:${otherCast}){0,3}::\s*${type}|AS\s+${type}))`
const constructor = new RegExp(String.raw`\b(ARRAY\s*)\[([\da-fA-FxX+\-.,\s]+)\](?:(${cast})|)`, 'gi')
const castBraces = new RegExp(String.raw`'(\s*\{[\da-fA-FxX+\-.,\s]+\}\s*)'${cast}`, 'gi')

/** Literals whose escapes have to be read before it can be told what they say. */
const escaped = /\bE'((?:[^'\\]|\\[\s\S]|'')*)'/gi
const unicode = /\bU&'((?:[^'\\]|\\[\s\S]|'')*)'/gi

/** Longest literal whose escapes are read, UTF-16 units: a vector of 16,000 numbers. */
const longest = 256 * 1024

const letters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** @see PostgreSQL documentation, 4.1.2.2 */
const unescaped = (text: string): string =>
  text.replace(
    /\\(?:x([\da-f]{1,2})|u([\da-f]{4})|U([\da-f]{8})|([0-7]{1,3})|([\s\S]))|''/gi,
    (all, x, u, long, octal, other) => {
      const hex = (x ?? u ?? long) as string | undefined
      if (hex !== undefined) return codePoint(Number.parseInt(hex, 16))
      if (octal !== undefined) return codePoint(Number.parseInt(octal as string, 8))
      return all === "''" ? "'" : (letters[other as string] ?? (other as string))
    },
  )

/** @see PostgreSQL documentation, 4.1.2.3 */
const named = (text: string): string =>
  text.replace(/\\(?:([\da-f]{4})|\+([\da-f]{6})|\\)|''/gi, (all, short, long) => {
    const hex = (short ?? long) as string | undefined
    return hex === undefined ? all.slice(1) : codePoint(Number.parseInt(hex, 16))
  })

const codePoint = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '')

const bare = (text: string): string => text.replace(/[\s']/g, '')

const dimensionsOf = (numbers: string): number => denseText(numbers) || sparseText(numbers)

/** An array's text, `{0.1,0.2}`, as the vector's. */
const asVector = (numbers: string): string => `[${numbers.slice(1, -1)}]`

/** Whether anything in a text can be one: most have nothing of the kind. */
const mayBe = /'\s*[[{\\]|\$\s*[[{]|"\s*\[|\bARRAY\s*\[|\b(?:E|U&)'/i

/**
 * A text without the vectors that are written in it, in each of the forms in which SQL writes a constant. What is computed is none.
 * @param found is told how many there are
 */
export const withoutVectors = (text: string, print: Print, found: (count: number) => void): string => {
  if (!mayBe.test(text)) return text
  let count = 0
  const put = (whole: string, dimensions: number, numbers: string, around: (print: string) => string): string => {
    if (dimensions < fewest) return whole
    count++
    return around(print(dimensions, numbers))
  }
  const decoded = (prefix: string, read: (text: string) => string) => (whole: string, value: string) => {
    if (value.length > longest || !value.includes('\\')) return whole
    const numbers = bare(read(value))
    return put(whole, dimensionsOf(numbers), numbers, (made) => `${prefix}'${made}'`)
  }
  const without = text
    .replace(escaped, decoded('E', unescaped))
    .replace(unicode, decoded('U&', named))
    .replace(castBraces, (whole, value: string) => {
      const numbers = asVector(bare(value))
      return put(whole, castArrayOf(numbers.slice(1, -1)), numbers, (made) => `'${made}'`)
    })
    .replace(literal, (whole, value: string, quote: string) => {
      const numbers = bare(value)
      // One that goes on behind what is recorded is none by its form, and would be there in part.
      if (quote !== "'") return put(whole, begunList(numbers), numbers, (made) => `'${made}`)
      const inBraces = numbers.endsWith('}') ? arrayOf(numbers.slice(1, -1)) : 0
      if (inBraces > 0) return put(whole, inBraces, asVector(numbers), (made) => `'${made}'`)
      return put(whole, dimensionsOf(numbers), numbers, (made) => `'${made}'`)
    })
    .replace(dollars, (whole, tag: string, value: string) => {
      const numbers = bare(value)
      return put(whole, dimensionsOf(numbers), numbers, (made) => `$${tag}$${made}$${tag}$`)
    })
    .replace(inArray, (whole, value: string) => {
      const numbers = bare(value)
      return put(whole, denseText(numbers), numbers, (made) => `"${made}"`)
    })
    .replace(constructor, (whole, word: string, value: string, isCast: string | undefined) => {
      const list = bare(value)
      const dimensions = isCast === undefined ? arrayOf(list) : castArrayOf(list)
      return put(whole, dimensions, `[${list}]`, (made) => word + made)
    })
  if (count > 0) found(count)
  return without
}
