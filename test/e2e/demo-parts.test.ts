import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { tempFolder } from '../helpers/temp.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const parts = ['@electric-sql/pglite', '@electric-sql/pglite-pgvector', 'oidc-provider']

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const read = async <T>(name: string): Promise<T> => JSON.parse(await readFile(join(root, name), 'utf8')) as T

/** hoop as npm installs it into `modules`, beside the packages that it depends on. */
const install = async (modules: string): Promise<string> => {
  const hoop = join(modules, 'hoop')
  for (const part of ['bin', 'dist/src', 'dist/commands', 'package.json', 'oclif.manifest.json'])
    await cp(join(root, part), join(hoop, part), { recursive: true })
  const { dependencies } = await read<Manifest>('package.json')
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  return join(hoop, 'bin', 'run.js')
}

test('an installation brings nothing that only the demo needs', async () => {
  const { packages } = await read<{ packages: Record<string, { dev?: boolean }> }>('package-lock.json')
  expect(parts.map((part) => packages[`node_modules/${part}`]?.dev)).toEqual(parts.map(() => true))
})

test('installed without its parts, the demo says which to install, in which versions', async () => {
  await using folder = await tempFolder()
  const { devDependencies } = await read<Manifest>('package.json')
  const run = await install(join(folder.path, 'node_modules'))
  const env = { ...process.env, HOOP_HOME: folder.path, NO_COLOR: '1' }
  const asked = spawnSync(process.execPath, [run, 'demo', '--json'], { encoding: 'utf8', env, cwd: folder.path })
  expect(asked.status).toBe(69)
  const { error } = JSON.parse(asked.stdout || asked.stderr) as { error: { code: string; hint: string } }
  expect(error.code).toBe('DEMO_INCOMPLETE')
  for (const part of parts) expect(error.hint).toContain(` ${part}@${devDependencies[part]!.slice(1)}`)
  expect(spawnSync(process.execPath, [run, '--help'], { env, cwd: folder.path }).status).toBe(0)
})
