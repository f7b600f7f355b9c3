import { asHoopError, HoopError } from '../lib/errors.js'
import { interruptedStatus } from './interrupt.js'
import { plain, wrapWords } from './text.js'

/** What some errors know besides. */
interface More {
  /** The code of a newer gateway's error, which the catalogue here doesn't have. */
  readonly foreignCode?: string
  /** Of an error of a statement: its SQLSTATE, and the line at fault. */
  readonly state?: string
  readonly excerpt?: string
}

/** What oclif throws: `exit()` with EEXIT, a usage error with `oclif`, or whatever else. */
interface OclifError extends Error {
  readonly code?: string
  readonly oclif?: { readonly exit?: number }
}

/** The status that `this.exit(n)` asked for, or undefined where it was no such call. */
export const askedStatus = (error: unknown): number | undefined =>
  error instanceof Error && (error as OclifError).code === 'EEXIT'
    ? ((error as OclifError).oclif?.exit ?? 0)
    : undefined

/** Any thrown thing as an error of the catalogue: what oclif found wrong with the command line is USAGE. */
export function toHoopError(error: unknown): HoopError {
  if (error instanceof HoopError) return error
  if (error instanceof Error && 'oclif' in error) {
    const [first = '', ...rest] = error.message
      .replace(/^The following errors? occurred:\n\s*/, '')
      .replace(/\n*See more help with --help$/, '')
      .split('\n')
    return new HoopError('USAGE', first, { cause: error, ...(rest.length > 0 && { detail: rest.join('\n').trim() }) })
  }
  if (error instanceof Error && error.name === 'AbortError') return asHoopError(error, 'INTERRUPTED')
  return asHoopError(error)
}

/** How wide a stream's lines may be: off a terminal as wide as they are. */
export const terminalColumns = ({ isTTY, columns }: NodeJS.WriteStream): number => (isTTY && columns) || Infinity

export const exitStatus = (error: HoopError): number =>
  error.code === 'INTERRUPTED' ? interruptedStatus() : error.exit

/** `{ error: … }` for `--json`: a stable interface, documented in docs/cli.md. */
export const failureJson = (error: HoopError): object => ({
  error: {
    code: (error as More).foreignCode ?? error.code,
    ...((error as More).state !== undefined && { sqlstate: (error as More).state }),
    message: error.message,
    hint: error.hint,
    ...(error.detail !== undefined && { detail: error.detail }),
    ...(error.position !== undefined && { position: error.position }),
  },
})

/**
 * Words for people: what happened, what is known of it, what to do next.
 * @param columns of the terminal; hints stay whole, so that a command in them can be copied
 */
export function failureText(error: HoopError, columns = Infinity): string {
  if (error.code === 'INTERRUPTED') return ''
  const { state, excerpt } = error as More
  const first = state === undefined ? `hoop: ${error.message}` : `ERROR ${state}: ${error.message}`
  const lines = first.split('\n').flatMap((line) => wrapWords(plain(line), columns))
  if (excerpt) lines.push(excerpt)
  if (error.detail) lines.push(...error.detail.split('\n').flatMap((line) => wrapWords(plain(line, '\t'), columns)))
  if (error.code === 'INTERNAL' && error.cause instanceof Error && error.cause.stack) lines.push(error.cause.stack)
  if (error.hint) lines.push(`hint: ${error.hint}`)
  return lines.map((line) => plain(line, '\n\t')).join('\n') + '\n'
}
