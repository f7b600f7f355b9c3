import { count, exact } from './text.js'

/** Stands before each line of a statement on a terminal: nothing in it can pass for a line that is ours. */
export const gutter = '| '

/** Space to SQL; whatever else looks like it is part of names there, and written out. */
const blank = '[ \\t\\r\\f\\v]'
const blankLine = new RegExp(`^${blank}*$`)
/** More than anybody indents by. */
const wide = new RegExp(`${blank}{60,}`, 'g')

/** Blank lines that are shown as they are. */
const most = 3

/** A line of a statement as people judge it, or one that says how many blank lines were left out there. */
export interface StatementLine {
  readonly text: string
  readonly isOurs: boolean
}

/**
 * A statement line by line. Where it has so many blanks that the rest would leave the screen, it says how many there are;
 * what steers a terminal or a page, or can't be seen, is written out.
 */
export function statementParts(text: string): StatementLine[] {
  const lines: StatementLine[] = []
  let blanks = 0
  const settle = (): void => {
    if (blanks > most) lines.push({ text: `: ${count(blanks, 'blank line')} :`, isOurs: true })
    else for (let i = 0; i < blanks; i++) lines.push({ text: '', isOurs: false })
    blanks = 0
  }
  for (const line of text.split('\n')) {
    if (blankLine.test(line)) blanks++
    else {
      settle()
      const short = line.replace(wide, (found) => ` [${count(found.length, 'blank')}] `)
      lines.push({ text: exact(short, '\t'), isOurs: false })
    }
  }
  settle()
  return lines
}

/** The same for a terminal. */
export const statementLines = (text: string): string[] =>
  statementParts(text).map((line) => {
    if (line.isOurs) return line.text
    return line.text === '' ? gutter.trimEnd() : gutter + line.text
  })
