import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../src/store/migrations.js'
import type { Tables } from '../../src/store/schema.js'
import { sqliteDialect } from '../../src/store/sqlite/dialect.js'

/** A store as the version left it that didn't know a step yet, nor those behind it. The caller closes it. */
export const olderStore = async (path: string, step: string): Promise<Kysely<Tables>> => {
  const db = new Kysely<Tables>({ dialect: sqliteDialect(path) })
  const known = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < step))
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => known } }).migrateToLatest()
  if (error) throw error instanceof Error ? error : new Error('the steps were not made')
  return db
}
