import { findIn, tokenOf, type Detection, type Finding } from './finding.js'
import { jsonString, type Reading } from './reading.js'

/** More digits than that aren't written out. */
const MOST_DIGITS = 40

/** `4.111e3` says 4111. */
const writtenOut = (number: string): string => {
  if (!/e/i.test(number)) return number
  const [, sign = '', whole = '', fraction = '', exponent] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i.exec(number) ?? []
  const shift = Number(exponent ?? 0)
  if (shift <= 0 || shift < fraction.length || whole.length + shift > MOST_DIGITS) return number
  return sign + whole + fraction + '0'.repeat(shift - fraction.length)
}

const stringEnd = (json: string, start: number): number => {
  let at = start
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at
}

const isKey = (json: string, behind: number): boolean => {
  let at = behind
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\t' || json[at] === '\r') at++
  return json[at] === ':'
}

/** Digits, `.`, `e`, `E`, `+` and `-`. */
const inNumber = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2b || code === 0x2d || (code | 0x20) === 0x65

const shortestOf = (detections: readonly Detection[]): number =>
  Math.min(...detections.map(({ detector }) => detector.shortest))

/**
 * Looks through the strings, keys and numbers of a JSON text. What is found is replaced so that it stays JSON.
 * @param json valid JSON
 * @param report is told of each finding
 * @returns undefined where nothing is found
 */
export const scanJson = (
  json: string,
  detections: readonly Detection[],
  key: Buffer,
  report: (finding: Finding) => void,
): string | undefined => {
  let out = ''
  let copied = 0
  const put = (start: number, end: number, by: string): void => {
    out += json.slice(copied, start) + by
    copied = end
  }
  const inNumbers = detections.filter(({ detector }) => detector.numeric)
  const [shortest, shortestNumber] = [shortestOf(detections), shortestOf(inNumbers)]
  type Whole = (token: string) => string | undefined
  const inside = (reading: Reading, by: readonly Detection[], start: number, end: number, whole: Whole): void => {
    const findings = findIn(reading, by)
    findings.forEach(report)
    const nothing = findings.some(({ by }) => by.with === 'null')
    const instead = findings.length === 0 ? undefined : nothing ? whole('null') : whole(tokenOf(findings[0]!, key))
    if (instead !== undefined) put(start, end, instead)
    else for (const finding of findings) put(finding.start, finding.end, tokenOf(finding, key))
  }
  for (let at = 0; at < json.length;) {
    const sign = json[at]!
    if (sign === '"') {
      const end = stringEnd(json, at + 1)
      // A key can't be null.
      const whole: Whole = (token) => (token === 'null' && !isKey(json, end + 1) ? 'null' : undefined)
      if (end - at > shortest) inside(jsonString(json, at + 1, end), detections, at, end + 1, whole)
      at = end + 1
    } else if (sign === '-' || (sign >= '0' && sign <= '9')) {
      let end = at + 1
      while (end < json.length && inNumber(json.charCodeAt(end))) end++
      const number = writtenOut(json.slice(at, end))
      const whole: Whole = (token) => (token === 'null' ? token : `"${token}"`)
      if (number.length >= shortestNumber) inside({ text: number }, inNumbers, at, end, whole)
      at = end
    } else at++
  }
  return copied === 0 ? undefined : out + json.slice(copied)
}

/** Whether a text of whatever column is a JSON document. */
export const looksLikeJson = (text: string): boolean => {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[' && first !== '"') return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
