import { open, rm } from 'node:fs/promises'
import { asHoopError, HoopError } from '../../lib/errors.js'

/**
 * Writes a stream into a file that isn't there yet, for its owner alone. What comes to no end leaves nothing.
 * @param told how many bytes are written
 * @returns bytes
 * @throws {HoopError} FILE_EXISTS, and whatever the stream throws
 */
export const writeNew = async (
  path: string,
  stream: AsyncIterable<Buffer>,
  told: (bytes: number) => void,
): Promise<number> => {
  const file = await open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new HoopError('FILE_EXISTS', path, { cause, hint: 'Choose another name.' })
    throw asHoopError(cause, 'USAGE')
  })
  let done = 0
  try {
    for await (const part of stream) {
      await file.writeFile(part)
      told((done += part.length))
    }
    await file.sync()
    return done
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}
