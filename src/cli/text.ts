import { createRequire } from 'node:module'
import { styleText } from 'node:util'
import type stringWidth from 'string-width'
import { controls, escaped } from '../lib/shown/text.js'

export { count, exact, plain, span } from '../lib/shown/text.js'

/** JSON that may go to a terminal: the same value, with those characters written out that JSON would leave as they are. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replace(controls, (c) => (c === '\n' ? c : escaped(c)))

type Style = Parameters<typeof styleText>[0]

/** Styles for one stream: none where it is no terminal or NO_COLOR is set (no-color.org). */
export const paint =
  (stream: NodeJS.WritableStream) =>
  (style: Style, text: string): string =>
    styleText(style, text, { stream, validateStream: true })

// Made when it is first wanted: that takes as long as the rest of many a command, and most texts are plain ASCII.
let segmenter: Intl.Segmenter | undefined
const segments = (text: string): Intl.Segments => (segmenter ??= new Intl.Segmenter()).segment(text)

// Required when it is first wanted, for the same reason.
let measure: typeof stringWidth | undefined
const required = createRequire(import.meta.url)

/** Columns that a text takes on a terminal; colors take none. */
export function width(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length
  measure ??= (required('string-width') as { default: typeof stringWidth }).default
  return measure(text)
}

export const pad = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - width(text)))

/** A text in lines of at most so many columns, cut anywhere: what is read has to be exact, not pretty. Tabs become spaces. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((whole) => {
    const lines = ['']
    let used = 0
    for (const { segment } of segments(whole.replaceAll('\t', '    '))) {
      const wanted = width(segment)
      if (used + wanted > columns && used > 0) {
        lines.push('')
        used = 0
      }
      lines[lines.length - 1] += segment
      used += wanted
    }
    return lines
  })
}

/** A text in lines of at most so many columns, parted between words; a word that is longer is cut. */
export function wrapWords(text: string, columns: number): string[] {
  if (width(text) <= columns) return [text]
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (width(longer) <= columns) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    const pieces = wrap(word, columns)
    line = pieces.pop() ?? ''
    lines.push(...pieces)
  }
  return [...lines, line]
}

/** The first so many columns of a text in one line. */
export const clip = (text: string, columns: number): string =>
  width(text) <= columns ? text : `${wrap(text, Math.max(1, columns - 1))[0] ?? ''}…`

/** The last so many columns of a text in one line. */
export function clipStart(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let end = ''
  for (const { segment } of [...segments(text)].reverse()) {
    if (width(segment) + width(end) >= columns) break
    end = segment + end
  }
  return `…${end}`
}
