import { styleText } from 'node:util'

/** Characters that a terminal may obey. What came from a database or the network must not steer it. */
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** Text with every control character written out, but for those in `keep`. */
export const plain = (text: string, keep = ''): string =>
  text.replace(controls, (c) =>
    keep.includes(c) ? c : (named[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  )

type Style = Parameters<typeof styleText>[0]

/** Styles for one stream: none where it is no terminal or NO_COLOR is set (no-color.org). */
export const paint =
  (stream: NodeJS.WritableStream) =>
  (style: Style, text: string): string =>
    styleText(style, text, { stream, validateStream: true })

const segmenter = new Intl.Segmenter()
const wide =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u

/** Columns that a text takes on a terminal; colors take none. */
export function width(text: string): number {
  const bare = text.replace(/\u001b\[[0-9;]*m/g, '')
  if (/^[\u0020-\u007e]*$/.test(bare)) return bare.length
  let columns = 0
  for (const { segment } of segmenter.segment(bare)) columns += wide.test(segment) ? 2 : 1
  return columns
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
    for (const { segment } of segmenter.segment(whole.replaceAll('\t', '    '))) {
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
