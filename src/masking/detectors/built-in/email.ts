import { isAlphanumeric, isLetter, type Span, type Subject } from '../subject.js'

/** RFC 5321, 4.5.3.1: 64 octets for the name, 255 for the domain. Twice as much is looked at: longer ones exist. */
const LONGEST_NAME = 128
const LONGEST_DOMAIN = 255

const signs = new Set([...`._+~'%-`].map((sign) => sign.charCodeAt(0)))
const inName = (code: number): boolean => isAlphanumeric(code) || signs.has(code) || code >= 0x80
const inDomain = (code: number): boolean => isAlphanumeric(code) || code === 0x2d || code === 0x2e || code >= 0x80

/** What programs name `icon@2x.png` is no address. */
const files = /^(?:png|jpe?g|gif|svg|webp|avif|ico|css|m?js|ts|map)$/i

const isTop = (label: string): boolean => {
  if (label.length < 2 || files.test(label)) return false
  if (/^xn--/i.test(label)) return true
  for (let at = 0; at < label.length; at++) {
    const code = label.charCodeAt(at)
    if (!isLetter(code) && code < 0x80) return false
  }
  return true
}

const domainEnd = (text: string, start: number): number => {
  let end = start
  while (end - start < LONGEST_DOMAIN && inDomain(text.charCodeAt(end))) end++
  while (end > start && (text[end - 1] === '.' || text[end - 1] === '-')) end--
  const labels = text.slice(start, end).split('.')
  // `ada@example.com.` and `ada@example.com..` end before the dots; `a@b..c` is none.
  while (labels.length >= 2 && !isTop(labels.at(-1)!)) end -= labels.pop()!.length + 1
  return labels.length >= 2 && labels.every((label) => label !== '') ? end : -1
}

/** E-mail addresses: something, `@`, and a domain that ends in a word. */
export const emails = ({ text }: Subject): readonly Span[] => {
  const found: Span[] = []
  let floor = 0
  for (let sign = text.indexOf('@'); sign >= 0; sign = text.indexOf('@', sign + 1)) {
    let start = sign
    while (start > floor && sign - start < LONGEST_NAME && inName(text.charCodeAt(start - 1))) start--
    while (start < sign && signs.has(text.charCodeAt(start)) && text[start] !== '_') start++
    floor = sign + 1
    if (start === sign) continue
    const end = domainEnd(text, sign + 1)
    if (end < 0) continue
    found.push({ start, end })
    floor = end
  }
  return found
}
