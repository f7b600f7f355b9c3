/** A string, or what else opens, closes or parts in JSON. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gsu

/**
 * The first name that stands twice in one object of a JSON text, at any depth. Readers differ on which of the two counts,
 * and so would the issuer and the gateway.
 * @param text that JSON.parse accepts
 * @see RFC 7519, section 4
 */
export const repeatedName = (text: string): string | undefined => {
  const open: (Set<string> | undefined)[] = []
  let last: string | undefined
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':' && last !== undefined) {
      const names = open.at(-1)
      if (names?.has(last)) return last
      names?.add(last)
    }
    last = token.startsWith('"') ? (JSON.parse(token) as string) : undefined
  }
  return undefined
}
