import { execFile } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TempFolder } from '../helpers/temp.js'

export const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/** Somebody without rights: `nobody` where this runs as root, else whoever runs it. */
export const ordinary = process.getuid?.() === 0 ? 65534 : undefined

const asked = async (name: string): Promise<string> => {
  const { stdout } = await run('npm', ['config', 'get', name])
  return stdout.trim()
}

/** How npm gets to its registry here, as variables: another user, or another prefix, has other files for that. */
export const npmEnvironment = async (): Promise<Record<string, string>> => {
  const found = {
    npm_config_registry: await asked('registry'),
    npm_config_cafile: await asked('cafile'),
    NODE_EXTRA_CA_CERTS: process.env['NODE_EXTRA_CA_CERTS'] ?? '',
    HTTPS_PROXY: process.env['HTTPS_PROXY'] ?? '',
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== '' && value !== 'null'))
}

/** The project as it is cloned, with what is installed in this folder. */
export const clone = async (target: string): Promise<void> => {
  const left = new Set(
    ['.git', 'node_modules', 'dist', 'man', 'completions', 'coverage'].map((name) => join(root, name)),
  )
  await cp(root, target, { recursive: true, filter: (path) => !left.has(path) && !path.endsWith('.tgz') })
  await symlink(join(root, 'node_modules'), join(target, 'node_modules'))
}

/**
 * A PATH with this Node and npm, in folders that everybody can get to, and with compilers that fail and leave a mark.
 * @returns the folders, and the file that is there once somebody has compiled
 */
export const machine = async (folder: TempFolder): Promise<{ readonly path: string[]; readonly mark: string }> => {
  const [bin, compilers, mark] = [folder.file('machine'), folder.file('compilers'), folder.file('marks')]
  await mkdir(bin)
  await mkdir(compilers)
  await mkdir(mark)
  await chmod(mark, 0o777)
  await copyFile(process.execPath, join(bin, 'node'))
  await chmod(join(bin, 'node'), 0o755)
  for (const name of ['cc', 'gcc', 'g++', 'c++', 'clang', 'make', 'python3', 'node-gyp']) {
    await writeFile(join(compilers, name), `#!/bin/sh\ntouch '${mark}/${name}'\nexit 1\n`)
    await chmod(join(compilers, name), 0o755)
  }
  const npm = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((each) => join(each, 'npm'))
    .find((path) => {
      try {
        return realpathSync(path)
      } catch {
        return false
      }
    })
  if (npm === undefined) throw new Error('there is no npm')
  return { path: [compilers, bin, dirname(npm)], mark }
}
