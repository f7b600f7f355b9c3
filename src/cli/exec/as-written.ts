const takesValue = /^(-[cfvg]|--(command|file|set|format|timeout|reason|gateway))$/
const hasValue = /^--(command|file|set|format|timeout|reason|gateway|wait)=/
const time = /^\d+(\.\d+)?(ms|[smhdw])$/

/** A word that looks like a flag to the parser: with a blank before any `=`, or over several lines, unless a flag begins it. */
const isComment = (word: string): boolean => /^--[^=]*\s/.test(word) || (/^--.*\n/.test(word) && !hasValue.test(word))

/**
 * The words of `hoop exec` as people type them, made into what the command line's parser takes: SQL that begins with a
 * comment looks like a flag to it, and `--wait` alone lacks a value. `--wait` takes the next word where that is a time.
 */
export function asWritten(words: readonly string[]): string[] {
  const made: string[] = []
  let before = ''
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const next = words[i + 1]
    if (takesValue.test(before)) {
      made.push(word)
      before = ''
      continue
    }
    if (word === '--wait') {
      const given = next !== undefined && time.test(next)
      made.push(`--wait=${given ? next : 'forever'}`)
      if (given) i++
      before = ''
      continue
    }
    made.push(isComment(word) ? `--command=${word}` : word)
    before = word
  }
  return made
}
