import { type ErrorCode, HoopError } from './errors.js'

/** Who runs this process, where that has a number. */
const thisUser = (): string => {
  const id = process.geteuid?.()
  return id === undefined ? 'the user that the gateway runs as' : `the user that the gateway runs as (now uid ${id})`
}

const hintFor = (code: string): string =>
  code === 'EACCES' || code === 'EPERM'
    ? `Let ${thisUser()} read the file, and enter the folders above it.`
    : 'Look at what is there in its place, and at the disk.'

/**
 * Why a file that the gateway needs could not be read. One that may not be read is there: nothing has to be made anew.
 * @param what in an operator's words, with its path
 * @param missing what it is where there is no such file
 */
export const unreadable = (
  what: string,
  cause: unknown,
  missing: { readonly code: ErrorCode; readonly about?: string; readonly hint?: string },
): HoopError => {
  const { code = 'error' } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') {
    const { about = what, hint } = missing
    return new HoopError(missing.code, about, { cause, ...(hint !== undefined && { hint }) })
  }
  return new HoopError('FILE_UNREADABLE', `${what} (${code})`, { cause, hint: hintFor(code) })
}
