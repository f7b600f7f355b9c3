/**
 * `node test/checks/manual.ts`: writes a page of man(1) for every command to `man/`, and scripts of completion to `completions/`
 * under the names that shells look for, from the manifest and compiled code.
 */
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = new URL('../../', import.meta.url)
const { manualPage, overviewPage } = (await import(
  new URL('dist/src/cli/manual/page.js', root).href
)) as typeof import('../../src/cli/manual/page.js')
const { version, commands } = JSON.parse(await readFile(new URL('oclif.manifest.json', root), 'utf8')) as {
  version: string
  commands: Record<string, Parameters<typeof manualPage>[0]>
}

const emptied = async (name: string): Promise<URL> => {
  const folder = new URL(name, root)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  return folder
}

const all = Object.values(commands)
const pages = await emptied('man/')
for (const command of all)
  await writeFile(new URL(`hoop-${command.id.replaceAll(':', '-')}.1`, pages), manualPage(command, version))
await writeFile(new URL('hoop.1', pages), overviewPage(all, version))

const run = fileURLToPath(new URL('bin/run.js', root))
const scripts = await emptied('completions/')
for (const [shell, name] of [
  ['bash', 'hoop.bash'],
  ['zsh', '_hoop'],
  ['fish', 'hoop.fish'],
] as const) {
  const { stdout } = await promisify(execFile)(process.execPath, [run, 'completion', shell])
  await writeFile(new URL(name, scripts), stdout)
}
