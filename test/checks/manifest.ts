/**
 * `node test/checks/manifest.ts` says whether oclif.manifest.json is what the compiled commands give, and with `--write`
 * makes it so. It compiles nothing: `npm run build` comes first.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Plugin } from '@oclif/core'

const root = fileURLToPath(new URL('../../', import.meta.url))
const file = join(root, 'oclif.manifest.json')

/** tsc leaves what it once made of a source that is gone, and oclif would take it for a command. */
const dropOrphans = async (): Promise<void> => {
  const compiled = join(root, 'dist', 'commands')
  for (const entry of await readdir(compiled, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.js')) continue
    const path = join(entry.parentPath, entry.name)
    const source = join(root, path.slice(join(root, 'dist').length)).replace(/\.js$/, '')
    if (!existsSync(`${source}.ts`) && !existsSync(`${source}.tsx`)) await rm(path)
  }
}

const manifest = async (): Promise<string> => {
  const plugin = new Plugin({
    root,
    type: 'core',
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
  })
  await plugin.load()
  // By name, so that a new command is one hunk and not a shuffle.
  const commands = Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify({ ...plugin.manifest, commands: Object.fromEntries(commands) }, null, 2)
}

await dropOrphans()
const text = await manifest()
if (process.argv.includes('--write')) await writeFile(file, text)
else if (text !== (await readFile(file, 'utf8'))) {
  console.error('oclif.manifest.json is not what the commands give; npm run manifest writes it anew')
  process.exitCode = 1
}
