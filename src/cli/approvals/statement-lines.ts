import { gutter } from '../../lib/shown/statement-lines.js'
import { wrap } from '../text.js'

/** Lines of at most so many columns. What doesn't fit goes on behind a mark, so that its rest can't pass for a line of ours. */
export const wrapMarked = (text: string, columns: number): string[] =>
  text.split('\n').flatMap((line) => {
    const whole = line.replaceAll('\t', '    ')
    const [first = '', ...more] = wrap(whole, columns)
    if (more.length === 0) return [first]
    const mark = line.startsWith(gutter) ? gutter : ' '.repeat(gutter.length)
    return [first, ...wrap(whole.slice(first.length), Math.max(1, columns - gutter.length)).map((part) => mark + part)]
  })
