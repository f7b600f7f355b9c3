import type { Span, Subject } from '../subject.js'

const BEGIN = '-----BEGIN '
const END = '-----END '
const label = /^[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/

/** Private keys in PEM and OpenPGP armor; one without its last line reaches to the end of the text. */
export const privateKeys = ({ text }: Subject): readonly Span[] => {
  const found: Span[] = []
  for (let start = text.indexOf(BEGIN); start >= 0;) {
    let next = start + BEGIN.length
    if (label.test(text.slice(next, next + 70))) {
      const last = text.indexOf(END, next)
      const closing = last < 0 ? -1 : text.indexOf('-----', last + END.length)
      const end = closing < 0 ? text.length : closing + 5
      found.push({ start, end })
      next = end
    }
    start = text.indexOf(BEGIN, next)
  }
  return found
}
