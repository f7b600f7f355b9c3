import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../src/store/migrations.js'
import type { StorePlace } from '../../src/store/open.js'
import { columnsAsInSqlite } from '../../src/store/postgres/columns.js'
import { postgresDialect } from '../../src/store/postgres/dialect.js'
import { storeSchema } from '../../src/store/postgres/server.js'
import type { Tables } from '../../src/store/schema.js'
import { sqliteDialect } from '../../src/store/sqlite/dialect.js'

/** A store as the version left it that didn't know a step yet, nor those behind it. The caller closes it. */
export const olderStore = async (place: StorePlace, step: string): Promise<Kysely<Tables>> => {
  const isFile = typeof place === 'string'
  const dialect = isFile ? sqliteDialect(place.replace('sqlite:', '')) : postgresDialect(place)
  const db = new Kysely<Tables>({ dialect })
  const known = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < step))
  const provider = { getMigrations: async () => known }
  const migrator = isFile
    ? new Migrator({ db, provider })
    : new Migrator({ db: db.withPlugin(columnsAsInSqlite()), provider, migrationTableSchema: storeSchema })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error instanceof Error ? error : new Error('the steps were not made')
  return db
}
