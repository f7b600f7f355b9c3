/** What the types take around and between numbers (pgvector's `vector_isspace`). */
export const blanks = /[ \t\n\v\f\r]/g

/** A number as pgvector reads it, which is as strtof(3) does: hexadecimal ones, too. */
const one = /^[+-]?(?:0x[\da-f]*\.?[\da-f]*(?:p[+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i

/** Whether a list has nothing but numbers in it. @param list with commas between them, without blanks */
const isNumbers = (list: string): boolean =>
  /^[\d+\-.eE,]*$/.test(list) || (/x/i.test(list) && list.split(',').every((part) => one.test(part)))

/** `[0.1,0.2,…]`: how many numbers; 0 where it is something else. @param text without blanks */
export const denseText = (text: string): number =>
  text.startsWith('[') && text.endsWith(']') && isNumbers(text.slice(1, -1)) ? text.split(',').length : 0

/** pgvector's `sparsevec`: `{1:0.5,7:0.1}/1536`; its dimension. @param text without blanks */
export const sparseText = (text: string): number =>
  Number(/^\{[\d:.,a-fA-FxXpP+-]*\}\/(\d{1,10})$/.exec(text)?.[1] ?? 0)

/** Fewer numbers than these, in an array that nothing makes a vector, are no embedding. */
const fewestInArray = 8

/**
 * Numbers of an array that is likely an embedding: many, of which one at least is no whole one.
 * @param list with commas between them, without blanks
 * @returns how many; 0 where it is something else
 */
export const arrayOf = (list: string): number => {
  const count = /[.x]|\de-/i.test(list) && isNumbers(list) ? list.split(',').length : 0
  return count < fewestInArray ? 0 : count
}

/** The same of an array that is cast to a vector: any. */
export const castArrayOf = (list: string): number => (list !== '' && isNumbers(list) ? list.split(',').length : 0)

/** The beginning of a list that goes on where it can't be seen. @returns how many numbers there are; 0 where it is something else */
export const begunList = (text: string): number => {
  const parts = text.replace(/^[[{]/, '').split(',')
  return parts.slice(0, -1).every((part) => one.test(part.replace(/^\d+:/, ''))) ? parts.length : 0
}
