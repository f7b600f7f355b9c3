/** Members of an array as PostgreSQL writes it, whatever its dimensions: `{1,"a,b",{NULL}}`. */
const member = /"((?:[^"\\]|\\.)*)"|([^{},"\s][^{},"]*)|([{},\s])/gsy

/** @returns undefined where it isn't written like an array */
export const textElements = (text: string): readonly string[] | undefined => {
  // `[0:2]={…}` says where its subscripts begin.
  const start = text.search(/\S/)
  const body = text.slice(text[start] === '[' ? text.indexOf('=') + 1 : start).trim()
  if (!body.startsWith('{') || !body.endsWith('}')) return undefined
  const found: string[] = []
  member.lastIndex = 0
  while (member.lastIndex < body.length) {
    const match = member.exec(body)
    if (!match) return undefined
    const [, quoted, plain] = match
    if (quoted !== undefined) found.push(quoted.replace(/\\(.)/gs, '$1'))
    else if (plain !== undefined) found.push(plain.trim())
  }
  return found
}

/** The same in binary: dimensions, flags, the elements' type, two words for each dimension, then each with its length. */
export const binaryElements = (value: Buffer): readonly Buffer[] | undefined => {
  if (value.length < 12) return undefined
  const found: Buffer[] = []
  let at = 12 + 8 * value.readInt32BE(0)
  while (at >= 12 && at + 4 <= value.length) {
    const length = value.readInt32BE(at)
    at += 4
    if (length < 0) continue
    if (at + length > value.length) return undefined
    found.push(value.subarray(at, at + length))
    at += length
  }
  return at === value.length || found.length === 0 ? found : undefined
}
