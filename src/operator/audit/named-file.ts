import type { FileHandle } from 'node:fs/promises'
import { HoopError } from '../../lib/errors.js'
import { openRegular } from '../../lib/regular-file.js'

export interface NamedFile {
  /** What it is, for the message: `the bundle`. */
  readonly what: string
  /** What wrote it. */
  readonly writer: string
}

/**
 * A file that somebody named on the command line.
 * @throws {HoopError} NOT_FOUND; NOTE_INVALID where it is no file, or can't be opened
 */
export const openNamed = async (path: string, { what, writer }: NamedFile): Promise<FileHandle> => {
  const file = await openRegular(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new HoopError('NOT_FOUND', `${what} ${path}`, { cause, hint: 'Check the path.' })
    const hint = 'Check owner and mode.'
    throw new HoopError('NOTE_INVALID', `${path} can’t be opened: ${cause.code}`, { cause, hint })
  })
  if (file) return file
  throw new HoopError('NOTE_INVALID', `${path} is no regular file`, { hint: `Give the file that ${writer} wrote.` })
}
