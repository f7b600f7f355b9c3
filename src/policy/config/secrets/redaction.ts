/** Characters of it that reach the log. */
const LONGEST = 1000

const hidden = '[redacted]'

/** What stands behind a word for a secret, up to a blank; and what only a secret looks like. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]*-----[^]*?(?:-----END [^-]*-----|$)/g, hidden],
  [/\b(bearer|basic)\s+\S+/gi, `$1 ${hidden}`],
  [
    /((?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|credential)s?["']?\s*(?:[:=]|\bis\b)\s*)\S.*/gi,
    `$1${hidden}`,
  ],
  [/(\w+:\/\/[^\s/@:]*:)[^\s/@]+@/g, `$1${hidden}@`],
  // Keys, tokens and hashes: long, of one piece, and no path or word.
  [/(?<![\w+=.-])(?=[\w+=.-]*\d)[\w+=.-]{20,}/g, hidden],
]

/**
 * What a command said about its failure, without what looks like a secret, on one line.
 * @param known values that must not come out whatever they look like
 */
export const redact = (text: string, known: readonly string[]): string => {
  // The longest first: what holds another one is taken out whole.
  const values = known.filter((value) => value.length >= 4).toSorted((one, other) => other.length - one.length)
  const without = values.reduce((rest, value) => rest.replaceAll(value, hidden), text)
  const clean = patterns.reduce((rest, [pattern, words]) => rest.replaceAll(pattern, words), without)
  const line = clean.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
