/** What one look at a value's bytes says of it: enough to know which detectors can't find anything. */
export interface Signals {
  /** An `@` is there. */
  readonly at: boolean
  readonly colons: number
  /** A plus sign right before a digit or parenthesis. */
  readonly plus: boolean
  /** The longest run of digits. */
  readonly digits: number
  /** The most runs of digits with no more than two separators between them. */
  readonly chain: number
  /** The most digits of such runs together. */
  readonly mass: number
  /** The longest run of letters, digits, `_` and `-`. */
  readonly word: number
  /** A dot stands behind such a run. */
  readonly dot: boolean
  /** The most dashes in a row. */
  readonly rule: number
  /** Two letters and two digits begin a word. */
  readonly account: boolean
  /** `\u0040`, `%40` or `&#64;`: nothing is certain before they are undone. */
  readonly escaped: boolean
}

const Class = {
  Other: 0,
  Letter: 1,
  Digit: 2,
  Dash: 3,
  Dot: 4,
  Separator: 5,
  At: 6,
  Colon: 7,
  Plus: 8,
  Escape: 9,
} as const

const classes = new Uint8Array(256)
for (let byte = 0; byte < 128; byte++) {
  const sign = String.fromCharCode(byte)
  if (/[A-Za-z]/.test(sign)) classes[byte] = Class.Letter
  else if (/\d/.test(sign)) classes[byte] = Class.Digit
}
const others: Readonly<Record<string, number>> = {
  ...{
    '-': Class.Dash,
    _: Class.Dash,
    '.': Class.Dot,
    ' ': Class.Separator,
    '(': Class.Separator,
    ')': Class.Separator,
  },
  ...{ '/': Class.Separator, '@': Class.At, ':': Class.Colon, '+': Class.Plus },
  ...{ '\\': Class.Escape, '%': Class.Escape, '&': Class.Escape },
}
for (const [sign, kind] of Object.entries(others)) classes[sign.charCodeAt(0)] = kind

const LOWER_U = 0x75
const HASH = 0x23
const OPENING = 0x28

const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** Whether an escape that some reader undoes begins with this sign. */
const escapes = (sign: number, next: number): boolean =>
  sign === 0x5c ? next === LOWER_U : sign === 0x26 ? next === HASH : isHex(next)

/** One pass over `bytes[start, end)`. Letters, the most frequent bytes by far, cost the least. */
export const signalsOf = (bytes: Uint8Array, start: number, end: number): Signals => {
  let [at, plus, dot, escaped, account] = [false, false, false, false, false]
  let [digits, chain, mass, word, rule, colons] = [0, 0, 0, 0, 0, 0]
  // The run of digits; the runs so far, their digits, and the separators since the last one; the run of dashes.
  let [run, runs, sum, gap, dashes] = [0, 0, 0, 0, 0]
  // Before the word and before its last part between dashes.
  let before = start - 1
  let beforePart = start - 1
  for (let i = start; i < end; i++) {
    const kind = classes[bytes[i]!]!
    if (kind === Class.Letter) {
      run = runs = sum = 0
      continue
    }
    if (kind === Class.Digit) {
      if (run === 0 && ++runs > chain) chain = runs
      if (++run > digits) digits = run
      if (++sum > mass) mass = sum
      if (run === 2 && i - beforePart === 4) account = true
      gap = 0
      continue
    }
    run = 0
    dashes = kind === Class.Dash && i - 1 === beforePart ? dashes + 1 : 1
    beforePart = i
    if (kind === Class.Dash) {
      if (dashes > rule) rule = dashes
    } else {
      const length = i - before - 1
      if (length > word) word = length
      if (kind === Class.Dot && length > 0) dot = true
      before = i
    }
    if (kind === Class.Dash || kind === Class.Dot || kind === Class.Separator) {
      if (++gap > 2) runs = sum = 0
      continue
    }
    runs = sum = 0
    if (kind === Class.At) at = true
    else if (kind === Class.Colon) colons++
    else if (kind === Class.Plus) plus ||= bytes[i + 1] === OPENING || classes[bytes[i + 1] ?? 0] === Class.Digit
    else if (kind === Class.Escape && i + 1 < end) escaped ||= escapes(bytes[i]!, bytes[i + 1]!)
  }
  word = Math.max(word, end - before - 1)
  return { at, colons, plus, digits, chain, mass, word, dot, rule, account, escaped }
}
