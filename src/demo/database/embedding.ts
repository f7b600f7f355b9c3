/** Dimensions of the demo's embeddings: those of the common small sentence models. */
export const dimensions = 384

const stopWords = new Set(
  'a an and are as at be been but by can do for from had has have how i in is it its my not of on or our so that the their them they this to was we were what when which why will with you your'.split(
    ' ',
  ),
)

/** FNV-1a, 32 bits. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return value >>> 0
}

/** Endings that make one word look like two; enough for English nouns and verbs. */
const stem = (word: string) => word.replace(/(ings?|edly|ed|es|s|ly)$/, '').replace(/(.)\1$/, '$1')

const features = function* (text: string): Generator<[feature: string, weight: number]> {
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    if (stopWords.has(word)) continue
    const root = word.length > 4 ? stem(word) : word
    yield [root, 1]
    for (let at = 0; at + 4 <= root.length; at++) yield [`#${root.slice(at, at + 4)}`, 0.3]
  }
}

/**
 * Embeds a text without a model: hashed words and parts of words, as a unit vector. Texts that share words are near to
 * each other, which is what a nearest-neighbor search needs to make sense. A real team would call its model here.
 */
export const embed = (text: string): number[] => {
  const sums = new Float64Array(dimensions)
  for (const [feature, weight] of features(text)) {
    // Three places each, so that two features rarely share all of them.
    for (let turn = 0; turn < 3; turn++) {
      const value = hash(`${turn}:${feature}`)
      const at = value % dimensions
      sums[at] = (sums[at] ?? 0) + (value & 0x80000000 ? weight : -weight)
    }
  }
  const length = Math.hypot(...sums) || 1
  return Array.from(sums, (sum) => Number((sum / length).toFixed(5)))
}

/** As pgvector reads it. */
export const literal = (vector: readonly number[]): string => `[${vector.join(',')}]`
