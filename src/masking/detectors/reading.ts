/** A text read out of another. */
export interface Reading {
  readonly text: string
  /** Where it begins in the other, if it is a piece of it as it is; 0 where it isn't said. */
  readonly from?: number
  /** Otherwise, for each of its units and for its end, the position in the other. */
  readonly at?: readonly number[]
}

/** A position of the reading, in the text that it was read out of. */
export const placeIn = ({ at, from = 0 }: Reading, index: number): number => at?.[index] ?? from + index

/** JSON's and JavaScript's `\u0040`, URLs' `%40`, XML's `&#64;` and `&#x40;`. */
const escapes = /\\u([0-9a-f]{4})|%([0-9a-f]{2})|&#(?:x([0-9a-f]{1,6})|(\d{1,7}));/gi

const LARGEST = 0x10ffff

/** The reading with such escapes undone; undefined where there are none. */
export const unescaped = (reading: Reading): Reading | undefined => {
  const { text } = reading
  if (!/[\\%&]/.test(text)) return undefined
  const positions: number[] = []
  const placeOf = (index: number) => placeIn(reading, index)
  let out = ''
  let copied = 0
  const copy = (end: number): void => {
    for (let index = copied; index < end; index++) positions.push(placeOf(index))
    out += text.slice(copied, end)
  }
  for (const match of text.matchAll(escapes)) {
    const [whole, unicode, percent, hex, decimal] = match
    const code = decimal === undefined ? Number.parseInt(unicode ?? percent ?? hex ?? '', 16) : Number(decimal)
    if (code > LARGEST) continue
    copy(match.index)
    const sign = String.fromCodePoint(code)
    for (let unit = 0; unit < sign.length; unit++) positions.push(placeOf(match.index))
    out += sign
    copied = match.index + whole.length
  }
  if (copied === 0) return undefined
  copy(text.length)
  positions.push(placeOf(text.length))
  return { text: out, at: positions }
}

const short: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** What a JSON string says. @param start behind its first quote; @param end at its last */
export const jsonString = (json: string, start: number, end: number): Reading => {
  const raw = json.slice(start, end)
  if (!raw.includes('\\')) return { text: raw, from: start }
  const positions: number[] = []
  let out = ''
  for (let index = start; index < end; index++) {
    positions.push(index)
    if (json[index] !== '\\') {
      out += json[index]!
      continue
    }
    const sign = json[++index]!
    if (sign !== 'u') out += short[sign] ?? sign
    else {
      out += String.fromCharCode(Number.parseInt(json.slice(index + 1, index + 5), 16))
      index += 4
    }
  }
  positions.push(end)
  return { text: out, at: positions }
}
