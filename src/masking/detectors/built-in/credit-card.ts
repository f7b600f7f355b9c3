import type { Span, Subject } from '../subject.js'

/** The check digit of ISO/IEC 7812-1, Annex B. */
export const luhn = (digits: string): boolean => {
  let sum = 0
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = digits.charCodeAt(at) - 0x30
    sum += double ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit
  }
  return sum % 10 === 0
}

/** What each scheme issues: first and last prefix, lengths. */
const schemes: readonly (readonly [from: string, to: string, lengths: readonly number[]])[] = [
  ['4', '4', [13, 16, 19]], // Visa
  ['51', '55', [16]], // Mastercard
  ['2221', '2720', [16]],
  ['34', '34', [15]], // American Express
  ['37', '37', [15]],
  ['300', '305', [14, 16, 17, 18, 19]], // Diners Club
  ['36', '36', [14, 15, 16, 17, 18, 19]],
  ['38', '39', [14, 16, 17, 18, 19]],
  ['6011', '6011', [16, 17, 18, 19]], // Discover
  ['644', '659', [16, 17, 18, 19]],
  ['3528', '3589', [16, 17, 18, 19]], // JCB
  ['62', '62', [16, 17, 18, 19]], // UnionPay
  ['5018', '5018', [13, 14, 15, 16, 17, 18, 19]], // Maestro
  ['5020', '5020', [13, 14, 15, 16, 17, 18, 19]],
  ['5038', '5038', [13, 14, 15, 16, 17, 18, 19]],
  ['6304', '6304', [13, 14, 15, 16, 17, 18, 19]],
  ['6759', '6763', [13, 14, 15, 16, 17, 18, 19]],
  ['2200', '2204', [16, 17, 18, 19]], // Mir
]

const issued = (digits: string): boolean =>
  schemes.some(([from, to, lengths]) => {
    const prefix = digits.slice(0, from.length)
    return prefix >= from && prefix <= to && lengths.includes(digits.length)
  })

/** How cards are printed. */
const layouts: readonly (readonly number[])[] = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
]

/** The pieces as one number, where they have the layout and the same single separator. */
const laidOut = (subject: Subject, first: number, layout: readonly number[]): string | undefined => {
  const { runs, text } = subject
  const separator = subject.between(runs[first], runs[first + 1])
  if (separator !== ' ' && separator !== '-') return undefined
  let digits = ''
  for (const [place, length] of layout.entries()) {
    const run = runs[first + place]
    if (!run || run.end - run.start !== length) return undefined
    if (place > 0 && subject.between(runs[first + place - 1], run) !== separator) return undefined
    digits += text.slice(run.start, run.end)
  }
  return digits
}

/** Card numbers: in one piece or as they are printed, of a known scheme and length, with the right check digit. */
export const creditCards = (subject: Subject): readonly Span[] => {
  const { runs, text } = subject
  const found: Span[] = []
  for (let at = 0; at < runs.length; at++) {
    const run = runs[at]!
    const length = run.end - run.start
    if (length >= 13 && length <= 19) {
      const digits = text.slice(run.start, run.end)
      if (issued(digits) && luhn(digits) && subject.standsAlone(run)) found.push(run)
      continue
    }
    if (length !== 4) continue
    for (const layout of layouts) {
      const digits = laidOut(subject, at, layout)
      if (digits === undefined || !issued(digits) || !luhn(digits)) continue
      const span = { start: run.start, end: runs[at + layout.length - 1]!.end }
      if (!subject.standsAlone(span)) continue
      found.push(span)
      at += layout.length - 1
      break
    }
  }
  return found
}
