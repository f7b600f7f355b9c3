import { count, plain, wrap } from '../text.js'

/** Stands before each line of a statement: nothing in it can pass for a line that is ours. */
const gutter = '| '

/** What looks like nothing: spaces of all kinds, and letters that are blank. */
const blank = '[\\s\\u115f\\u1160\\u2800\\u3164\\uffa0]'
const blankLine = new RegExp(`^${blank}*$`)
/** More than anybody indents by. */
const wide = new RegExp(`(?:(?!\\n)${blank}){60,}`, 'g')

/** Blank lines that are shown as they are. */
const most = 3

/**
 * A statement as people judge it, line by line. Where it has so many blanks that the rest would leave the screen, it says
 * how many there are.
 */
export function statementLines(text: string): string[] {
  const lines: string[] = []
  let blanks = 0
  const settle = (): void => {
    if (blanks > most) lines.push(`: ${count(blanks, 'blank line')} :`)
    else for (let i = 0; i < blanks; i++) lines.push(gutter.trimEnd())
    blanks = 0
  }
  for (const line of text.split('\n')) {
    if (blankLine.test(line)) blanks++
    else {
      settle()
      const short = line.replace(wide, (found) => ` [${count(found.length, 'blank')}] `)
      lines.push(gutter + plain(short, '\t').replace(/[\u200c\u200d]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`))
    }
  }
  settle()
  return lines
}

/** Lines of at most so many columns. What doesn't fit goes on behind a mark, so that its rest can't pass for a line of ours. */
export const wrapMarked = (text: string, columns: number): string[] =>
  text.split('\n').flatMap((line) => {
    const whole = line.replaceAll('\t', '    ')
    const [first = '', ...more] = wrap(whole, columns)
    if (more.length === 0) return [first]
    const mark = line.startsWith(gutter) ? gutter : ' '.repeat(gutter.length)
    return [first, ...wrap(whole.slice(first.length), Math.max(1, columns - gutter.length)).map((part) => mark + part)]
  })
