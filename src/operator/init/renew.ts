import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { unreadable } from '../../lib/unreadable.js'
import { layout } from '../../gateway/host/layout.js'
import { issueServer } from './authority.js'
import { inspectCertificate } from '../../gateway/host/inspect.js'
import { placeFiles } from './place-files.js'

export interface Renewed {
  readonly folder: string
  readonly files: readonly string[]
  /** The files that were there before. */
  readonly kept: readonly string[]
  /** ISO 8601 */
  readonly until: string
}

const read = async (folder: string, name: string): Promise<string> => {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (cause) {
    throw unreadable(join(folder, name), cause, {
      code: 'CONFIG_MISSING',
      hint: 'This renews certificates of the folder’s own authority, as hoop gateway init makes it.',
    })
  }
}

/**
 * Replaces the certificate and its key by new ones of the folder's own authority, for the same names. A running gateway
 * takes them up by itself; clients keep trusting the authority.
 * @throws {HoopError} CONFIG_MISSING, FILE_UNREADABLE, CONFIG_INVALID, STORE_FAILED
 */
export const renewCertificate = async (folder: string): Promise<Renewed> => {
  const home = resolve(folder)
  const authority = { cert: await read(home, layout.authority), key: await read(home, layout.authorityKey) }
  const { names } = inspectCertificate(await read(home, layout.cert))
  const hosts = names.map((name) => name.replace(/^(DNS|IP Address):/, ''))
  const made = await issueServer(authority, hosts)
  const files = [
    { path: layout.cert, contents: made.cert, mode: 0o644 },
    { path: layout.key, contents: made.key, mode: 0o600 },
  ]
  const kept = await placeFiles(home, files, true)
  const until = inspectCertificate(made.cert).until.toISOString()
  return { folder: home, files: files.map(({ path }) => path), kept, until }
}
