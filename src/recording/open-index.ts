import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { asHoopError } from '../lib/errors.js'
import { decodeTrailer } from './format/envelope.js'
import { trailerLength } from './format/layout.js'
import { extension } from './paths.js'

/** A recording that nobody is known to have closed. */
export interface OpenRecording {
  readonly id: string
  readonly path: string
}

const indexOf = (folder: string): string => join(folder, '.open')

/** `2026-11-20_<session>` */
const nameOf = (path: string): string => `${basename(dirname(path))}_${basename(path, extension)}`

const named = /^(\d{4}-\d\d-\d\d)_([A-Za-z0-9][\w-]*)$/

/** @returns whether it wasn't there; the folder above must be, since one that was deleted must not come back by itself */
export const makeFolder = async (path: string): Promise<boolean> => {
  try {
    await mkdir(path, { mode: 0o700 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** A new name in a folder is durable only when the folder is (fsync(2), notes). */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

/**
 * Notes that a recording is about to be written: an empty file in `<folder>/.open`, by which a start finds what a dead
 * gateway left open without looking at all the others.
 * @param folder of all recordings
 * @param path of the recording
 */
export const markOpen = async (folder: string, path: string): Promise<void> => {
  const index = indexOf(folder)
  if (await makeFolder(index)) await syncFolder(folder)
  const mark = await open(join(index, nameOf(path)), 'wx', 0o600)
  await mark.close()
}

/** Makes the marks durable. */
export const syncMarks = (folder: string): Promise<void> => syncFolder(indexOf(folder))

/** A recording is whole, or never came about. Should this fail, the next start looks at it once for nothing. */
export const markClosed = async (folder: string, path: string): Promise<void> => {
  await rm(join(indexOf(folder), nameOf(path)), { force: true }).catch(() => undefined)
}

/**
 * The recordings that nobody is known to have closed. Where the folder has no index (a version of hoop before it wrote
 * there), one is made, for which every recording is looked at once.
 * @throws {HoopError} RECORDING_FAILED where folders can't be read or the index can't be made
 */
export async function openRecordings(folder: string): Promise<OpenRecording[]> {
  try {
    const marks = await readdir(indexOf(folder)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await makeIndex(folder)
      return readdir(indexOf(folder))
    })
    return marks.flatMap((mark) => {
      const [, day, id] = named.exec(mark) ?? []
      return day === undefined || id === undefined ? [] : [{ id, path: join(folder, day, id + extension) }]
    })
  } catch (error) {
    throw asHoopError(error, 'RECORDING_FAILED')
  }
}

/** Gives a folder that has no recordings yet its index, so that no start has to look for what could be open. */
export async function beginIndex(folder: string): Promise<void> {
  if ((await readdir(folder)).length === 0) await makeFolder(indexOf(folder))
}

/** Made beside its place and moved there whole: one that is there is complete. */
async function makeIndex(folder: string): Promise<void> {
  const made = `${indexOf(folder)}.new`
  await rm(made, { recursive: true, force: true })
  await makeFolder(made)
  for (const day of await readdir(folder)) {
    if (!/^\d{4}-\d\d-\d\d$/.test(day)) continue
    for (const name of await readdir(join(folder, day))) {
      const path = join(folder, day, name)
      if (name.endsWith(extension) && !endsWhole(path)) await (await open(join(made, nameOf(path)), 'w', 0o600)).close()
    }
  }
  await rename(made, indexOf(folder))
  await syncFolder(folder)
}

/** Whether a recording has its trailer. Without promises: they would double what a hundred thousand files take. */
const endsWhole = (path: string): boolean => {
  try {
    const file = openSync(path, 'r')
    try {
      const bytes = Buffer.alloc(trailerLength)
      const read = readSync(file, bytes, 0, trailerLength, Math.max(0, fstatSync(file).size - trailerLength))
      return read === trailerLength && decodeTrailer(bytes) !== undefined
    } finally {
      closeSync(file)
    }
  } catch {
    // What can't be read is looked at, and said, each time.
    return false
  }
}
