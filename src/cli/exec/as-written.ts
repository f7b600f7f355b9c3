const takesValue = /^(-[cfvg]|--(command|file|set|format|timeout|reason|gateway))$/

/**
 * The words of `hoop exec` as people type them, made into what the command line's parser takes: SQL that begins with a
 * comment looks like a flag to it, and `--wait` alone lacks a value.
 */
export const asWritten = (words: readonly string[]): string[] =>
  words.map((word, i) => {
    if (takesValue.test(words[i - 1] ?? '')) return word
    if (word === '--wait') return '--wait=forever'
    return /^--[^=]*\s/.test(word) ? `--command=${word}` : word
  })
