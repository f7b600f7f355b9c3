import { lstat, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asHoopError, HoopError } from '../lib/errors.js'
import { decodeTrailer, toHex } from './format/envelope.js'
import { trailerLength } from './format/layout.js'
import { syncFolder } from './open-index.js'
import { takenBy } from './stock.js'

/** A recording's file as it lies there, without being read to its end. */
export interface LyingFile {
  readonly bytes: number
  /** What it takes on the disk, bytes: a file with a hole is only said to be large. */
  readonly taken: number
  /** Its chain's last value, as its trailer says; undefined where it has none, or is, or lies behind, a link. Hexadecimal. */
  readonly head?: string
  /** Another where the file was written to, or is another: the system keeps these times, and nobody sets them. */
  readonly stamp: string
}

/** @returns undefined where there is none. @throws {HoopError} RECORDING_UNREADABLE */
export const lyingFile = async (path: string): Promise<LyingFile | undefined> => {
  try {
    const there = await lstat(path)
    const taken = takenBy(there)
    const stamp = `${there.dev}/${there.ino}/${there.ctimeMs}`
    const isApart = (await lstat(dirname(path))).isSymbolicLink()
    if (!there.isFile() || isApart || there.size < trailerLength) return { bytes: there.size, taken, stamp }
    await using file = await open(path, 'r')
    const { buffer } = await file.read(Buffer.alloc(trailerLength), 0, trailerLength, there.size - trailerLength)
    const trailer = decodeTrailer(buffer)
    return { bytes: there.size, taken, stamp, ...(trailer && { head: toHex(trailer.head) }) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw asHoopError(error, 'RECORDING_UNREADABLE')
  }
}

/**
 * Removes a recording for good; one that is gone already is no failure. What lies behind a link in place of its folder is somebody
 * else's, and stays.
 * @throws {HoopError} RECORDING_FAILED
 */
export const removeRecording = async (path: string): Promise<void> => {
  try {
    if ((await lstat(dirname(path))).isSymbolicLink())
      throw new HoopError('RECORDING_FAILED', `a link stands in place of ${dirname(path)}`)
    await rm(path, { force: true })
    await syncFolder(dirname(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw asHoopError(error, 'RECORDING_FAILED')
  }
}
