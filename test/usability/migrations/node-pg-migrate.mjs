// Runs the migrations beside it with node-pg-migrate, as its command line would.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'

await runner({
  databaseUrl: {},
  dir: join(dirname(fileURLToPath(import.meta.url)), 'steps'),
  migrationsTable: 'pgmigrations',
  direction: 'up',
  count: Infinity,
  checkOrder: false,
  log: () => undefined,
})
