import { open, rm } from 'node:fs/promises'
import { HoopError } from '../../lib/errors.js'

const why = (path: string, cause: unknown): HoopError => {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EEXIST')
    return new HoopError('USAGE', `${path} is there already`, { hint: 'Name another file, or remove it.', cause })
  return new HoopError('USAGE', `${path} can’t be written: ${code ?? String(cause)}`, {
    hint: 'Name a file in a folder of yours.',
    cause,
  })
}

/**
 * Writes a file that wasn't there, for its owner alone: it holds what people did. What can't be finished is removed.
 * @throws {HoopError} USAGE where it is there already or can't be written; what the pieces throw
 */
export async function newFile(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw why(path, cause)
  })
  try {
    for await (const text of pieces)
      await file.write(text).catch((cause: unknown) => {
        throw why(path, cause)
      })
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}
