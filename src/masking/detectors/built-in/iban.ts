import { isAlphanumeric, isLetter, type Span, type Subject } from '../subject.js'

/** Characters of an account number, by country. @see https://www.swift.com/resource/iban-registry-pdf */
const registry =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22' +
  'GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31' +
  'MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24' +
  'XK20YE30'
const lengths = new Map(
  Array.from({ length: registry.length / 4 }, (_, at) => [
    registry.slice(4 * at, 4 * at + 2),
    Number(registry.slice(4 * at + 2, 4 * at + 4)),
  ]),
)

/** ISO/IEC 7064 MOD 97-10 over the number with its first four characters put last and letters as 10 to 35. */
export const mod97 = (compact: string): boolean => {
  let rest = 0
  for (const sign of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(sign, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest === 1
}

/** The number that begins here: in one piece, or in groups of four with one kind of separator between. */
const reading = (text: string, start: number): { compact: string; end: number } | undefined => {
  const length = lengths.get(text.slice(start, start + 2).toUpperCase())
  if (length === undefined) return undefined
  const mark = text[start + 4]
  const separator = mark === ' ' || mark === '-' ? mark : undefined
  let compact = ''
  let at = start
  for (; compact.length < length; at++) {
    if (separator !== undefined && compact.length > 0 && compact.length % 4 === 0 && text[at] === separator) at++
    if (!isAlphanumeric(text.charCodeAt(at))) return undefined
    compact += text[at]!
  }
  return { compact, end: at }
}

/** International bank account numbers with the right length and check digits. */
export const ibans = (subject: Subject): readonly Span[] => {
  const { runs, text } = subject
  const found: Span[] = []
  for (const run of runs) {
    const start = run.start - 2
    if (start < (found.at(-1)?.end ?? 0) || run.end - run.start < 2) continue
    if (!isLetter(text.charCodeAt(start)) || !isLetter(text.charCodeAt(start + 1))) continue
    if (isAlphanumeric(text.charCodeAt(start - 1))) continue
    const read = reading(text, start)
    if (!read || isAlphanumeric(text.charCodeAt(read.end))) continue
    if (mod97(read.compact)) found.push({ start, end: read.end })
  }
  return found
}
