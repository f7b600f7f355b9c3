import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HoopError } from '../../lib/errors.js'

/** Makes a rename durable: the folder's entry is what changes. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}

/**
 * Puts another content in a file's place, at once: a crash leaves the former content or the new one, whole. Mode 0600, and
 * the owner that the file had: root may run this for the gateway's user.
 * @throws {HoopError} FILE_UNREADABLE where the folder can't be written
 */
export const replaceFile = async (path: string, content: string): Promise<void> => {
  const { uid, gid } = await stat(path)
  const next = `${path}.${randomUUID()}.new`
  try {
    await using file = await open(next, 'wx', 0o600)
    await file.writeFile(content)
    // The umask may have taken more than is meant, and a new file is its maker's.
    await file.chmod(0o600)
    if (process.getuid?.() === 0) await file.chown(uid, gid)
    await file.sync()
    await rename(next, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(next, { force: true }).catch(() => undefined)
    throw new HoopError('FILE_UNREADABLE', `${path} cannot be replaced (${(cause as NodeJS.ErrnoException).code})`, {
      cause,
      hint: 'Run this as the gateway’s user or as root; the folder has to be theirs.',
    })
  }
}
