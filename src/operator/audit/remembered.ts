import { readFile } from 'node:fs/promises'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { replaceWhole } from '../../ledger/log/files.js'

/** What was seen of a gateway's ledger when it was verified last. */
export interface Remembered {
  readonly vkey: string
  /** Signed note. */
  readonly checkpoint: string
  /** ISO 8601 */
  readonly at: string
}

type File = Record<string, Remembered>

const read = async (path: string): Promise<File> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as File
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    // Without it a ledger that was taken back would look sound.
    throw new HoopError('FILE_UNREADABLE', path, {
      cause,
      hint: 'It holds the checkpoints that were seen last: restore it, or remove it to begin anew.',
    })
  }
}

/**
 * @param path of the file of all that was seen
 * @param place the gateway's address, or where its record lies
 * @throws {HoopError} FILE_UNREADABLE
 */
export const remembered = async (path: string, place: string): Promise<Remembered | undefined> =>
  (await read(path))[place]

/** @throws {HoopError} FILE_UNREADABLE */
export const remember = async (path: string, place: string, seen: Remembered): Promise<void> => {
  const all = await read(path)
  await replaceWhole(path, `${JSON.stringify({ ...all, [place]: seen }, undefined, 2)}\n`).catch((error: unknown) => {
    throw asHoopError(error, 'FILE_UNREADABLE')
  })
}
