/** `node test/checks/manual.ts`: writes a page of man(1) for every command to `man/`, from the manifest and compiled code. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'

const root = new URL('../../', import.meta.url)
const { manualPage, overviewPage } = (await import(
  new URL('dist/src/cli/manual/page.js', root).href
)) as typeof import('../../src/cli/manual/page.js')
const { version, commands } = JSON.parse(await readFile(new URL('oclif.manifest.json', root), 'utf8')) as {
  version: string
  commands: Record<string, Parameters<typeof manualPage>[0]>
}
const folder = new URL('man/', root)
await rm(folder, { recursive: true, force: true })
await mkdir(folder)
const all = Object.values(commands)
for (const command of all)
  await writeFile(new URL(`hoop-${command.id.replaceAll(':', '-')}.1`, folder), manualPage(command, version))
await writeFile(new URL('hoop.1', folder), overviewPage(all, version))
