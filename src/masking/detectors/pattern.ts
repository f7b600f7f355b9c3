import { RE2JS, RE2JSException } from 're2js'
import type { Span, Subject } from './subject.js'

/** Characters of a pattern, and instructions that it may compile to. */
export const LONGEST_PATTERN = 500
const LARGEST_PROGRAM = 5_000

/** Why a pattern can't be used, as a noun phrase for what was expected; undefined where it can. */
export const whyNotPattern = (pattern: string): string | undefined => {
  if (pattern.length > LONGEST_PATTERN) return `a pattern of at most ${LONGEST_PATTERN} characters`
  try {
    const compiled = RE2JS.compile(pattern)
    if (compiled.programSize() > LARGEST_PROGRAM) return 'a pattern with smaller repetitions'
    return compiled.matches('') ? 'a pattern that doesn’t match the empty text' : undefined
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return `a pattern that RE2 can read (${error.message.replace('error parsing regexp: ', '')})`
  }
}

/**
 * Finds what matches a pattern of the user's own, in time linear in the text, whatever the pattern.
 * @see https://github.com/google/re2/wiki/Syntax
 */
export const byPattern = (pattern: string): ((subject: Subject) => readonly Span[]) => {
  const compiled = RE2JS.compile(pattern)
  return ({ text }) => {
    // Whether there is a match at all is several times cheaper to know than where.
    if (!compiled.test(text)) return []
    const found: Span[] = []
    const matcher = compiled.matcher(text)
    while (matcher.find())
      if (matcher.end() > matcher.start()) found.push({ start: matcher.start(), end: matcher.end() })
    return found
  }
}
