import { styleText } from 'node:util'

const styles: Record<string, Parameters<typeof styleText>[0]> = {
  trace: 'dim',
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: ['bold', 'red'],
}

/** What a terminal could obey: control characters beyond those that JSON escapes, and changes of direction. */
const controls = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g
const harmless = (text: string): string =>
  text.replace(controls, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A text as it is where it reads as one word, else as JSON, which escapes control characters. */
const word = (value: unknown): string => {
  const json = JSON.stringify(value) ?? 'undefined'
  return harmless(typeof value === 'string' && /^[^\s"\\=\p{Cc}]+$/u.test(value) ? value : json)
}

/** Without the message in front of the frames, which somebody else may have worded. */
const frames = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => /^ +at /.test(line))
    .map((line) => `\n${harmless(line)}`)
    .join('')

const error = ({ code, type, message, cause, stack }: Record<string, unknown>): string =>
  [
    ` ${word(code ?? type)}: ${harmless(JSON.stringify(message).slice(1, -1))}`,
    cause === undefined ? '' : ` (${harmless(JSON.stringify(cause).slice(1, -1))})`,
    typeof stack === 'string' ? frames(stack) : '',
  ].join('')

/** One log entry, a line of JSON, as words for a terminal: `21:04:05 warn  the message name=value`. */
export const prettyLine = (line: string): string => {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const label = String(level)
  const fields = Object.entries(rest).map(([name, value]) => ` ${styleText('dim', `${name}=`)}${word(value)}`)
  const clock = styleText('dim', String(time).slice(11, 19))
  const text = harmless(JSON.stringify(msg ?? '').slice(1, -1)).replaceAll('\\"', '"')
  const failure = err && typeof err === 'object' ? error(err as Record<string, unknown>) : ''
  return `${clock} ${styleText(styles[label] ?? 'reset', label.padEnd(5))} ${text}${fields.join('')}${failure}\n`
}
