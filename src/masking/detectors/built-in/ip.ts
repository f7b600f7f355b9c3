import { isIPv6 } from 'node:net'
import { isAlphanumeric, isDigit, type Span, type Subject } from '../subject.js'

const octet = (text: string, { start, end }: Span): boolean => end - start <= 3 && Number(text.slice(start, end)) <= 255

const versionFour = (subject: Subject): Span[] => {
  const { runs, text } = subject
  const found: Span[] = []
  for (let at = 0; at + 3 < runs.length; at++) {
    const four = runs.slice(at, at + 4)
    if (!four.every((run, place) => octet(text, run) && (place === 0 || subject.between(four[place - 1], run) === '.')))
      continue
    const span = { start: four[0]!.start, end: four[3]!.end }
    if (!subject.standsAlone(span)) continue
    found.push(span)
    at += 3
  }
  return found
}

const isHex = (code: number): boolean => isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66)
const COLON = 0x3a
const DOT = 0x2e

/** The longest text form has 45 characters. */
const LONGEST = 45

const versionSix = (text: string): Span[] => {
  const found: Span[] = []
  for (let colon = text.indexOf(':'); colon >= 0;) {
    let start = colon
    while (colon - start < 5 && isHex(text.charCodeAt(start - 1))) start--
    let end = colon
    for (let code = COLON; isHex(code) || code === COLON || code === DOT; code = text.charCodeAt(end)) end++
    const next = text.indexOf(':', end)
    // `from:2001:db8::1`
    if (start === colon && text[start + 1] !== ':') start++
    // A full stop or colon behind it belongs to the sentence.
    while (text[end - 1] === '.' || (text[end - 1] === ':' && text[end - 2] !== ':')) end--
    const token = end - start <= LONGEST ? text.slice(start, end) : ''
    // `::` alone and hexadecimal words such as `ab::cd` are more often something else.
    const likely =
      /\d/.test(token) && !isAlphanumeric(text.charCodeAt(start - 1)) && !isAlphanumeric(text.charCodeAt(end))
    if (likely && token !== '::1' && isIPv6(token)) found.push({ start, end })
    colon = next
  }
  return found
}

/** Addresses of the Internet Protocol, version 4 and 6. Not in dotted numbers with more than four parts. */
export const ips = (subject: Subject): readonly Span[] => [...versionFour(subject), ...versionSix(subject.text)]
