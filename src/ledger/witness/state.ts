import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { replaceWhole } from '../log/files.js'
import { emptyRoot } from '../merkle/hash.js'
import type { TreeHead } from '../merkle/verify.js'

interface Written {
  readonly origin: string
  readonly size: string
  /** Base64. */
  readonly root: string
  /** ISO 8601 */
  readonly at: string
}

/** One file for each log, by the hash of its name, which may have any characters. */
const pathOf = (folder: string, origin: string): string =>
  join(folder, `${createHash('sha256').update(origin).digest('hex').slice(0, 32)}.json`)

const damaged = (path: string, cause?: unknown): HoopError =>
  new HoopError('FILE_UNREADABLE', path, {
    cause,
    // One that began anew would sign what contradicts what it has signed.
    hint: 'It says which head of a log this witness signed last. Restore it; where it is lost, the witness needs a new key.',
  })

/**
 * The head of a log that was signed last; that of an empty tree where none was.
 * @throws {HoopError} FILE_UNREADABLE
 */
export const lastSigned = async (folder: string, origin: string): Promise<TreeHead> => {
  const path = pathOf(folder, origin)
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw damaged(path, cause)
  })
  if (text === undefined) return { size: 0n, root: emptyRoot }
  try {
    const written = JSON.parse(text) as Written
    const root = Buffer.from(written.root, 'base64')
    if (written.origin === origin && root.length === emptyRoot.length) return { size: BigInt(written.size), root }
  } catch (cause) {
    throw damaged(path, cause)
  }
  throw damaged(path)
}

/** On disk when it resolves. @throws {HoopError} FILE_UNREADABLE */
export const keepSigned = async (folder: string, origin: string, { size, root }: TreeHead, at: Date): Promise<void> => {
  const written: Written = { origin, size: `${size}`, root: root.toString('base64'), at: at.toISOString() }
  await replaceWhole(pathOf(folder, origin), `${JSON.stringify(written)}\n`).catch((error: unknown) => {
    throw asHoopError(error, 'FILE_UNREADABLE')
  })
}
