import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { recipe } from './recipe.ts'

/** PostgreSQL does not run as root, and its user can't look into root's home. */
const cache = (): string =>
  process.env['HOOP_TEST_SERVERS'] ??
  (process.getuid?.() === 0
    ? '/var/cache/hoop-servers'
    : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hoop-servers'))

const digest = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12)

/** Where the second server is or will be: `bin`, `lib`, `share` as PostgreSQL lays them out, and `regress`. */
export const serverFolder = join(cache(), `postgresql-15-${process.arch}-${digest}`)

/** Written last; says what was built. */
export const stampFile = join(serverFolder, 'built.json')

export const isBuilt = (): boolean => existsSync(stampFile)
