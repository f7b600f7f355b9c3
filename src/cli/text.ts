import { createRequire } from 'node:module'
import { styleText } from 'node:util'
import type stringWidth from 'string-width'

/**
 * Characters that a terminal may obey, or that are not seen: what came from a database or the network must not steer it,
 * and has to look like what it is. Joiners stay, since scripts and emoji need them.
 */
const controls = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** As JSON and SQL write it, in units of UTF-16. */
const escaped = (c: string): string =>
  Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')

/** Text with every control character written out, but for those in `keep`. */
export const plain = (text: string, keep = ''): string =>
  text.replace(controls, (c) => (keep.includes(c) ? c : (named[c] ?? escaped(c))))

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

/** `1 session`, `2 sessions` */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

/** `4 min 10 s`, `2 h 5 min`: two units at most, for people. @param ms milliseconds */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  return `${Math.floor(hours / 24)} days`
}

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
