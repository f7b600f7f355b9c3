import { isAlphanumeric, type Span, type Subject } from '../subject.js'

const inPart = (code: number): boolean => isAlphanumeric(code) || code === 0x5f || code === 0x2d

/** Longer headers are taken for one unread. */
const LONGEST_HEADER = 8192

/** `{"alg":""}` in base64url. */
export const SHORTEST_HEADER = 14

const isHeader = (part: string): boolean => {
  if (part.length > LONGEST_HEADER) return true
  try {
    const header: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof header === 'object' && header !== null && 'alg' in header
  } catch {
    return false
  }
}

/** Signed and encrypted tokens in their compact form: a header that says its algorithm, and up to four parts more. RFC 7515, RFC 7516 */
export const jwts = ({ text }: Subject): readonly Span[] => {
  const found: Span[] = []
  for (let start = text.indexOf('eyJ'); start >= 0;) {
    let end = start
    while (inPart(text.charCodeAt(end))) end++
    let next = end
    if (!inPart(text.charCodeAt(start - 1)) && text[end] === '.' && isHeader(text.slice(start, end))) {
      for (let parts = 1; parts < 5 && text[end] === '.'; parts++) {
        end++
        while (inPart(text.charCodeAt(end))) end++
      }
      found.push({ start, end })
      next = end
    }
    start = text.indexOf('eyJ', next)
  }
  return found
}
