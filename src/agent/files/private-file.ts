import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HoopError } from '../../lib/errors.js'

/**
 * A folder that only its owner can enter (0700), made where it is missing.
 * @throws {HoopError} FILE_EXISTS where something else is in its place or it is another user's
 */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const found = await lstat(path)
  if (!found.isDirectory()) throw new HoopError('FILE_EXISTS', `${path} is no folder`)
  const own = process.getuid?.()
  if (own !== undefined && found.uid !== own) throw new HoopError('FILE_EXISTS', `${path} belongs to another user`)
  if ((found.mode & 0o077) !== 0 && process.platform !== 'win32') await chmod(path, 0o700)
}

/** The file's text, or undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces a file as a whole (0600): a reader sees the old text or the new, also after a crash. */
export async function writePrivate(path: string, text: string): Promise<void> {
  await privateFolder(dirname(path))
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
