import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { asHoopError, HoopError } from '../lib/errors.js'
import { migrations } from './migrations.js'
import type { Tables } from './schema.js'
import { sqliteDialect } from './sqlite.js'

export interface Store extends AsyncDisposable {
  readonly db: Kysely<Tables>
  /** Writes a row. @throws {HoopError} STORE_FAILED */
  writable(): Promise<void>
}

const dialects: Record<string, (rest: string) => ReturnType<typeof sqliteDialect>> = {
  sqlite: sqliteDialect,
}

const migrate = async (db: Kysely<Tables>): Promise<void> => {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw asHoopError(error, 'STORE_FAILED')
}

/**
 * Opens the gateway's state and brings its tables up to date.
 * @param url `sqlite:PATH`; the folder must be there
 * @throws {HoopError} CONFIG_INVALID for another kind of store, STORE_FAILED where it can't be opened or was made by a newer version
 */
export const openStore = async (url: string): Promise<Store> => {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':')))
  const dialect = Object.hasOwn(dialects, scheme) ? dialects[scheme] : undefined
  if (!dialect) {
    throw new HoopError('CONFIG_INVALID', `a store of kind ${scheme || 'unknown'} is not supported by this version`, {
      hint: 'Use sqlite:PATH.',
    })
  }
  const db = new Kysely<Tables>({ dialect: dialect(url.slice(scheme.length + 1)) })
  try {
    await migrate(db)
  } catch (error) {
    await db.destroy()
    throw error
  }
  return {
    db,
    writable: async () => {
      const value = new Date().toISOString()
      await db
        .insertInto('meta')
        .values({ key: 'written', value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
        .execute()
    },
    [Symbol.asyncDispose]: () => db.destroy(),
  }
}
