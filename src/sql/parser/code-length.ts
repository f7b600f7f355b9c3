/** Beginnings of what is not code, and where each ends. */
const openings = /'|"|--|\/\*|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/gu

const closing = (opening: string): string => {
  if (opening === '--') return '\n'
  return opening === '/*' ? '*/' : opening
}

/** `E'…\'…'`: a backslash takes the quote behind it away. */
const escaped = (text: string, at: number, start: number): boolean => {
  let backslashes = 0
  while (at - 1 - backslashes > start && text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

/**
 * About how many characters of a text are SQL rather than inside of strings and comments: what parsing takes time and
 * memory for. Linear in the text; only an estimate, so nothing but cost may depend on it.
 */
export const codeLength = (text: string): number => {
  let code = 0
  let at = 0
  openings.lastIndex = 0
  for (let match = openings.exec(text); match; match = openings.exec(text)) {
    const [opening] = match
    const start = match.index
    const backslash = opening === "'" && /[eE]/.test(text[start - 1] ?? '')
    code += start - at
    const close = closing(opening)
    let end = text.indexOf(close, openings.lastIndex)
    while (backslash && end >= 0 && escaped(text, end, start)) end = text.indexOf(close, end + 1)
    // Without an end it is a syntax error, which is found quickly.
    if (end < 0) return code
    at = end + close.length
    openings.lastIndex = at
  }
  return code + text.length - at
}
