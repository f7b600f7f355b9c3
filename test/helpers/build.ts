import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const stamp = join(root, 'dist', 'build.stamp')

const newest = (folder: string): number =>
  Math.max(
    0,
    ...readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => /\.tsx?$/.test(entry.name) || entry.isDirectory())
      .map((entry) => statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.mtimeMs ?? 0),
  )

const built = () => statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0

/**
 * Compiles src and commands into dist if a source is newer. Type errors are printed and don't stop the tests, which need
 * only what was emitted; `npm run check` is where they count.
 */
export const build = (): void => {
  const started = Date.now()
  if (Math.max(newest('src'), newest('commands')) < built()) return
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (stdout) process.stderr.write(stdout)
  // Status 1 is errors without output, 2 errors with it.
  if (status !== 0 && status !== 2) throw new Error('tsc emitted nothing')
  writeFileSync(stamp, '')
  utimesSync(stamp, started / 1000, started / 1000)
}
