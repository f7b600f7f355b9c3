import { statfs } from 'node:fs/promises'
import { HoopError } from '../../lib/errors.js'

/** Less than this is no room for recordings, bytes. */
export const leastSpace = 64 * 2 ** 20

/** Bytes that this user may still write. */
export const freeSpace = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** @throws {HoopError} RECORDING_FAILED where the disk is about to be full */
export const assertSpace = async (folder: string): Promise<void> => {
  const free = await freeSpace(folder)
  if (free < leastSpace) throw new HoopError('RECORDING_FAILED', `only ${free} bytes are free`)
}
