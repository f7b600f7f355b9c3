/** Dimensions of the demo's embeddings: those of the common small sentence models. */
export const dimensions = 384

/** Into how many dimensions each word goes. */
const places = 128

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
    // Many places each, so that features which share some are still told apart, and the vector is dense as a model's.
    let state = hash(feature)
    for (let turn = 0; turn < places; turn++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0 // the linear congruential generator of Numerical Recipes
      const at = Math.floor((state / 2 ** 32) * dimensions)
      sums[at] = (sums[at] ?? 0) + (state & 0x8000 ? weight : -weight)
    }
  }
  const length = Math.hypot(...sums) || 1
  return Array.from(sums, (sum) => Number((sum / length).toFixed(5)))
}

/** As pgvector reads it. */
export const literal = (vector: readonly number[]): string => `[${vector.join(',')}]`
