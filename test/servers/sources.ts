import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { recipe } from './recipe.ts'
import { NotHere, output, run } from './run.ts'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The mirrors that this machine takes Debian's packages from. */
const mirrors = async (): Promise<string[]> => {
  const targets = await output('apt-get', 'indextargets', '--format', '$(ORIGIN)|$(REPO_URI)', 'Created-By: Packages')
  if (targets === undefined) throw new NotHere('it takes apt-get, which isn’t here')
  const debian = targets.split('\n').filter((line) => line.startsWith('Debian|'))
  return [...new Set(debian.map((line) => line.slice('Debian|'.length)))]
}

const entry = (uri: string, suites: readonly string[]) =>
  `Types: deb-src\nURIs: ${uri}\nSuites: ${suites.join(' ')}\nComponents: main\nSigned-By: ${keyring}\n`

/** apt, over lists and sources of its own, so that the machine's settings stay as they are. */
const aptOptions = (folder: string): string[] =>
  [
    `Dir::Etc::sourcelist=${join(folder, 'debian.sources')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option])

const versions = async (apt: string[], name: string): Promise<string[]> => {
  const found = (await output('apt-cache', ...apt, 'showsrc', name)) ?? ''
  return [...found.matchAll(/^Version: (.*)$/gm)].map(([, version = '']) => version)
}

/** The newest version that can be had: an index may name one that its mirror no longer has. */
const download = async (folder: string, log: string, apt: string[], name: string): Promise<string> => {
  const known = await versions(apt, name)
  const order = new Intl.Collator('en', { numeric: true })
  for (const version of known.toSorted((a, b) => order.compare(b, a))) {
    try {
      await run(log, folder, 'apt-get', ...apt, 'source', '--download-only', `${name}=${version}`)
      return version
    } catch {
      // the next one, then; the log keeps why
    }
  }
  throw new NotHere(`Debian’s source package ${name} can’t be had (${known.length} versions are known; see ${log})`)
}

/**
 * Downloads and unpacks the sources; apt checks signatures and digests.
 * @returns the version of each package
 * @throws {NotHere} where there is no apt-get, or its mirrors don't have them
 */
export const fetchSources = async (folder: string, log: string): Promise<Record<string, string>> => {
  let debian = await mirrors()
  if (debian.length === 0 && process.getuid?.() === 0) {
    // A new machine has no lists yet, and without them apt doesn't say whose mirror is whose.
    await run(log, folder, 'apt-get', 'update').catch(() => undefined)
    debian = await mirrors()
  }
  const main = debian.filter((uri) => !uri.includes('security'))
  if (main.length === 0) throw new NotHere('apt-get knows no mirror of Debian')
  const security = debian.filter((uri) => uri.includes('security'))
  for (const name of ['lists/partial', 'cache/archives/partial']) await mkdir(join(folder, name), { recursive: true })
  const apt = aptOptions(folder)
  await writeFile(
    join(folder, 'debian.sources'),
    [
      ...main.map((uri) => entry(uri, recipe.releases)),
      ...security.map((uri) => entry(uri, [`${recipe.releases[0]}-security`])),
    ].join('\n'),
  )
  // A release whose index can't be had is left out; what is missing then is said by name below.
  await run(log, folder, 'apt-get', ...apt, 'update').catch(() => undefined)
  const had: Record<string, string> = {}
  for (const name of recipe.packages) had[name] = await download(folder, log, apt, name)
  for (const archive of await readdir(folder)) {
    if (/\.orig\.tar\.\w+$/.test(archive)) await run(log, folder, 'tar', '-xf', archive)
  }
  return had
}

/** Installs the packages that compiling takes and that aren't there; needs root for that. */
export const installTools = async (folder: string, log: string): Promise<void> => {
  const missing: string[] = []
  for (const name of recipe.tools) {
    const status = await output('dpkg-query', '-W', '-f', '${Status}', name)
    if (!status?.endsWith(' installed')) missing.push(name)
  }
  if (missing.length === 0) return
  if (process.getuid?.() !== 0) throw new NotHere(`these packages are missing: ${missing.join(', ')}`)
  try {
    await run(log, folder, 'apt-get', 'update')
    await run(log, folder, 'apt-get', 'install', '--yes', '--no-install-recommends', ...missing)
  } catch (error) {
    throw new NotHere(`these packages can’t be installed: ${missing.join(', ')}\n${(error as Error).message}`)
  }
}
