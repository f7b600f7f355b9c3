import type { CopyShape } from '../../../masking/types.js'

/** How a COPY writes its fields. */
export type CopyForm = Pick<CopyShape, 'format' | 'delimiter' | 'quote'>

const blank = String.raw`[ \t\n\v\f\r]`
/** Of a number, of what stands between numbers, and what COPY's text puts behind a backslash: whatever its delimiter is. */
const part = String.raw`[\d+\-.eE,: \t\n\v\f\r]|\\[^\n]`
/** A vector, or a sparse one, to its end or the end of what is kept. */
const vector = String.raw`\\?\[(?:${part})+(?:\]|$)|\\?\{(?:${part})+(?:\}\s*\\?/\s*\d{1,10}|$)`

/** One character, as it stands in a class. */
const inClass = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`

const anywhere = new RegExp(`()(${vector})`, 'g')

/**
 * Finds fields that are numbers in brackets; what stands before is the first group, the numbers the second. One has to fill its
 * field, so that lists in JSON stay, where it is known what fields are.
 */
export const copiedField = (form: CopyForm | undefined): RegExp => {
  if (!form) return anywhere
  const around = `${inClass(form.delimiter)}${form.format === 'csv' ? inClass(form.quote) : ''}`
  return new RegExp(`(^${blank}*|[\\n${around}]${blank}*)(${vector})(?=${blank}*(?:[\\r\\n${around}]|$))`, 'g')
}
