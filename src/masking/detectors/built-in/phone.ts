import { isAlphanumeric, type Span, type Subject } from '../subject.js'

/** Digits behind the plus sign. @see ITU-T E.164 */
const LEAST = 8
const MOST = 15

const international = /^(?:[ ().\-/]|\) | \(|\)-| \()$/

/** `+44 20 7946 0958`: the longest beginning that is a number. */
const withPlus = (subject: Subject, first: number): { span: Span; last: number } | undefined => {
  const { runs, text } = subject
  const start = runs[first]!.start - (text[runs[first]!.start - 1] === '(' ? 2 : 1)
  if (text[start] !== '+' || isAlphanumeric(text.charCodeAt(start - 1))) return undefined
  let digits = 0
  let best: { span: Span; last: number } | undefined
  for (let at = first; at < runs.length; at++) {
    const run = runs[at]!
    if (at > first && !international.test(subject.between(runs[at - 1], run))) break
    digits += run.end - run.start
    if (digits > MOST) break
    if (digits >= LEAST && !isAlphanumeric(text.charCodeAt(run.end))) best = { span: { start, end: run.end }, last: at }
  }
  return best
}

const afterArea = /^(?:[-. ]|\)[- ]?)$/

/** `(415) 555-0123`, `415.555.0123`, with or without the 1 of North America's trunk. */
const northAmerican = (subject: Subject, first: number): { span: Span; last: number } | undefined => {
  const { runs, text } = subject
  const [area, exchange, line] = [runs[first]!, runs[first + 1], runs[first + 2]]
  if (!exchange || !line) return undefined
  if (area.end - area.start !== 3 || exchange.end - exchange.start !== 3 || line.end - line.start !== 4)
    return undefined
  if (text[area.start]! < '2' || text[exchange.start]! < '2') return undefined
  const [gap, separator] = [subject.between(area, exchange), subject.between(exchange, line)]
  if (!afterArea.test(gap) || !/^[-. ]$/.test(separator)) return undefined
  const opened = text[area.start - 1] === '('
  if (opened !== gap.startsWith(')')) return undefined
  const span = { start: area.start - (opened ? 1 : 0), end: line.end }
  const trunk = runs[first - 1]
  const withTrunk =
    trunk !== undefined && text.slice(trunk.start, trunk.end) === '1' && span.start - trunk.end <= 1 ? trunk : undefined
  const whole = withTrunk ? { start: withTrunk.start, end: span.end } : span
  if (!subject.standsAlone(whole) || subject.continues(whole, separator) || subject.continues(whole, '-'))
    return undefined
  return { span: whole, last: first + 2 }
}

/** Telephone numbers: international ones by their plus sign, North American ones by their form. */
export const phones = (subject: Subject): readonly Span[] => {
  const found: Span[] = []
  for (let at = 0; at < subject.runs.length; at++) {
    const one = withPlus(subject, at) ?? northAmerican(subject, at)
    if (!one) continue
    found.push(one.span)
    at = one.last
  }
  return found
}
