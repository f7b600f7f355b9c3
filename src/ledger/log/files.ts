import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import { encodeBundle } from '../tiles/bundle.js'
import type { Tile } from '../tiles/edge.js'
import { tilePath, tileWidth } from '../tiles/paths.js'

const syncFolder = async (path: string): Promise<void> => {
  await using folder = await open(path, 'r')
  await folder.sync()
}

export const checkpointPath = (folder: string): string => join(folder, 'checkpoint')

/** Where the checkpoint lies by which one key handed over to the next. @param size of the tree with the leaf that says so */
export const rotationPath = (folder: string, size: bigint): string => join(folder, 'rotations', `${size}`)

/** The last checkpoint; undefined where the log has none. */
export const readCheckpoint = (folder: string): Promise<string | undefined> =>
  readFile(checkpointPath(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })

/** Puts a file in place whole: who reads it gets the old one or the new one, after a crash too. */
export const replaceWhole = async (path: string, bytes: string | Buffer): Promise<void> => {
  const made = `${path}.new`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  {
    await using file = await open(made, 'w', 0o600)
    await file.writeFile(bytes)
    await file.datasync()
  }
  await rename(made, path)
  await syncFolder(dirname(path))
}

/** The system may take less than it is given, near a limit or on a network's share; what it took is no failure to it. */
const writeAll = async (file: FileHandle, bytes: Buffer, from: number): Promise<void> => {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, from + at)
    if (bytesWritten === 0) throw new HoopError('LEDGER_FAILED', 'the disk takes no more')
    at += bytesWritten
  }
}

/** Adds to a file behind `from`, where its last whole line ends, and brings it to the disk. */
export const appendFrom = async (path: string, from: number, bytes: Buffer): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'r+').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return open(path, 'wx', 0o600)
  })
  try {
    // What a failed write left behind would stand in the middle of a line.
    if ((await file.stat()).size > from) await file.truncate(from)
    try {
      await writeAll(file, bytes, from)
      await file.datasync()
    } catch (error) {
      // Nobody was answered for it: what is there in part must not be taken for a leaf.
      await file.truncate(from).catch(() => undefined)
      throw error
    }
  } finally {
    await file.close()
  }
  if (from === 0) await syncFolder(dirname(path))
}

/**
 * Writes a tile or a bundle. Unfinished ones are not brought to the disk: the contents are, and they are made from those
 * where a power failure took them.
 */
const write = async (
  folder: string,
  level: Tile['level'] | 'entries',
  index: bigint,
  width: number,
  bytes: Buffer,
): Promise<void> => {
  const path = join(folder, tilePath(level, index, width))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await using file = await open(path, 'w', 0o600)
  await file.writeFile(bytes)
  if (width < tileWidth) return
  await file.datasync()
  await rm(`${join(folder, tilePath(level, index))}.p`, { recursive: true, force: true })
}

export const writeTile = (folder: string, { level, index, hashes }: Tile): Promise<void> =>
  write(folder, level, index, hashes.length, Buffer.concat(hashes))

export const writeBundle = (folder: string, index: bigint, entries: readonly Buffer[]): Promise<void> =>
  write(folder, 'entries', index, entries.length, encodeBundle(entries))
