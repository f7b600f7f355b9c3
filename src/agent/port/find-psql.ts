import { constants } from 'node:fs'
import { access, readdir, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { HoopError } from '../../lib/errors.js'
import type { Environment } from '../files/environment.js'

/** Where packages put psql that is not in PATH: a folder for each version, of which the newest is taken. */
const versioned = [
  { folder: '/usr/lib/postgresql', bin: 'bin' },
  { folder: '/opt/homebrew/opt', bin: 'bin', only: /^(libpq|postgresql@\d+)$/ },
  { folder: '/usr/local/opt', bin: 'bin', only: /^(libpq|postgresql@\d+)$/ },
  { folder: '/Library/PostgreSQL', bin: 'bin' },
  { folder: '/Applications/Postgres.app/Contents/Versions', bin: 'bin' },
]

/**
 * The program psql: of PATH, else of where packages put it.
 * @throws {HoopError} PROGRAM_MISSING
 */
export async function findPsql({ PATH = '' }: Environment, places = versioned): Promise<string> {
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, 'psql')
    if (folder !== '' && (await isProgram(path))) return path
  }
  for (const { folder, bin, only } of places) {
    const names = (await readdir(folder).catch(() => [])).filter((name) => only?.test(name) ?? true)
    for (const name of names.toSorted((a, b) => versionOf(b) - versionOf(a))) {
      const path = join(folder, name, bin, 'psql')
      if (await isProgram(path)) return path
    }
  }
  throw new HoopError('PROGRAM_MISSING', 'psql')
}

const versionOf = (name: string): number => Number(/\d+(\.\d+)?/.exec(name)?.[0] ?? 0)

/** A folder may be searched, which counts as executable. */
const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
