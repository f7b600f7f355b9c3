import { randomBytes } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { KeyKind, type Signer, signerOf } from '../note/keys.js'

interface Written {
  /** As it stands at its signatures. */
  readonly name: string
  /** Base64 of 32 secret bytes. */
  readonly seed: string
}

const make = async (path: string, name: string): Promise<string> => {
  const text = `${JSON.stringify({ name, seed: randomBytes(32).toString('base64') } satisfies Written)}\n`
  signerOf(name, Buffer.alloc(32))
  await using file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw asHoopError(error, 'FILE_UNREADABLE')
  })
  await file.writeFile(text)
  await file.sync()
  return text
}

/**
 * A witness's key. Where there is none it is made, for its owner alone.
 * @param name for one that is made
 * @throws {HoopError} FILE_UNREADABLE, CONFIG_INVALID; NOTE_INVALID for a name that can't stand at signatures
 */
export const witnessKey = async (path: string, name: string): Promise<Signer> => {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return make(path, name)
    throw new HoopError('FILE_UNREADABLE', path, { cause })
  })
  try {
    const written = JSON.parse(text) as Written
    const seed = Buffer.from(written.seed, 'base64')
    if (seed.length === 32) return signerOf(written.name, seed, KeyKind.cosignature)
  } catch {
    // Said below, without what stands in the file.
  }
  throw new HoopError('CONFIG_INVALID', `${path} holds no key of a witness`, { hint: 'Restore it from a backup.' })
}
