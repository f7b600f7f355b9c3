/**
 * Characters that a terminal or a page may obey, or that are not seen: what came from a database or the network must not
 * steer it, and has to look like what it is. Joiners stay, since scripts and emoji need them, and so does what says of a
 * pictograph that it is to be shown as one.
 * @see UAX #44, Default_Ignorable_Code_Point
 */
export const controls =
  /(?![\u200c\u200d])(?!(?<=\p{Extended_Pictographic})\ufe0f)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
/** Beside them, what is not seen in a name: joiners, and all that looks like a space or like nothing and is neither to SQL. */
const unseen = /\u200c|\u200d|\ufe0f|\u2800|(?! )\p{Zs}/gu
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** As JSON and SQL write it, in units of UTF-16. */
export const escaped = (c: string): string =>
  Array.from({ length: c.length }, (_, i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')

/** Text with every control character written out, but for those in `keep`. */
export const plain = (text: string, keep = ''): string =>
  text.replace(controls, (c) => (keep.includes(c) ? c : (named[c] ?? escaped(c))))

/** What somebody decides on: with every character written out that could make it look like something else. */
export const exact = (text: string, keep = ''): string => plain(text, keep).replace(unseen, escaped)

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
