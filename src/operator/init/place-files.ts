import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HoopError } from '../../lib/errors.js'

/** A file to be made; `path` is relative to the folder. */
export interface NewFile {
  readonly path: string
  readonly contents: string | Buffer
  /** 0600 for what nobody else may read. */
  readonly mode: number
}

const suffix = '.hoop-new'

const write = async (path: string, { contents, mode }: NewFile): Promise<void> => {
  // A folder with something that others need is open to them; its private files still aren't.
  await mkdir(dirname(path), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 })
  await using file = await open(path, 'w', mode)
  await file.chmod(mode) // the umask may have taken bits away; a left-over file may have had more
  await file.writeFile(contents)
  await file.sync()
}

/**
 * Puts files into a folder, all or none: each is written whole beside its place first, then all are renamed.
 * With `force`, a file in the way is kept as `<name>.bak`.
 * @returns the paths that were kept aside
 * @throws {HoopError} FILE_EXISTS without `force`, before anything is written; STORE_FAILED where writing failed
 */
export const placeFiles = async (folder: string, files: readonly NewFile[], force: boolean): Promise<string[]> => {
  const inTheWay = files.filter(({ path }) => existsSync(join(folder, path))).map(({ path }) => path)
  if (inTheWay.length && !force) throw new HoopError('FILE_EXISTS', inTheWay.join(', '), { detail: folder })
  const staged = files.map(({ path }) => join(folder, path + suffix))
  try {
    for (const [index, file] of files.entries()) await write(staged[index]!, file)
    for (const path of inTheWay) await rename(join(folder, path), join(folder, `${path}.bak`))
    for (const [index, { path }] of files.entries()) await rename(staged[index]!, join(folder, path))
  } catch (cause) {
    await Promise.allSettled(staged.map((path) => rm(path, { force: true })))
    throw new HoopError('STORE_FAILED', `cannot write to ${folder}`, {
      cause,
      hint: 'Check that the folder may be written and that the disk is not full.',
    })
  }
  return inTheWay.map((path) => `${path}.bak`)
}

/** A folder that only its owner may read. */
export const makePrivateFolder = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
}
