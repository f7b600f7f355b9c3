import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { asHoopError, HoopError } from '../lib/errors.js'
import { isOnServer } from './kind.js'
import { migrations } from './migrations.js'
import { columnsAsInSqlite } from './postgres/columns.js'
import { storeSchema } from './postgres/server.js'
import type { Tables } from './schema.js'

/** In `meta`: the version of hoop that brought the tables to the form that they have. */
const key = 'version'

/** Where kysely notes what has been done. */
const done = 'kysely_migration'

const migratorOf = (db: Kysely<Tables>): Migrator => {
  const provider = { getMigrations: async () => migrations }
  if (!isOnServer(db)) return new Migrator({ db, provider })
  return new Migrator({ db: db.withPlugin(columnsAsInSqlite()), provider, migrationTableSchema: storeSchema })
}

/** Steps that the store has been through and this hoop doesn't know. */
const unknownSteps = async (db: Kysely<Tables>): Promise<string[]> => {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  // Others may have tables of that name in schemas of their own.
  if (!tables.some(({ name, schema = storeSchema }) => name === done && schema === storeSchema)) return []
  const rows = await (db as unknown as Kysely<Record<typeof done, { name: string }>>)
    .selectFrom(done)
    .select('name')
    .execute()
  return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(migrations, name))
}

const writtenBy = async (db: Kysely<Tables>): Promise<string | undefined> => {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row && /^[\w.+-]{1,40}$/.test(row.value) ? row.value : undefined
}

/**
 * Looks whether a store can be used, without changing it.
 * @param path for the error
 * @param version of this hoop, for the error
 * @returns how many steps are to be made
 * @throws {HoopError} STORE_NEWER, with the version that has written it and the one to install; STORE_FAILED
 */
export const stepsToMake = async (db: Kysely<Tables>, path: string, version = 'an older one'): Promise<number> => {
  const unknown = await unknownSteps(db)
  if (unknown.length === 0) return (await migratorOf(db).getMigrations()).filter((step) => !step.executedAt).length
  const writer = await writtenBy(db)
  throw new HoopError('STORE_NEWER', `${path} was written by hoop ${writer ?? '(unknown)'}, and this is ${version}`, {
    hint: `Install hoop ${writer === undefined ? 'of the version that ran last' : `${writer} or newer`}, or restore a backup of the store from before it.`,
    detail: `It has what this version does not know: ${unknown.join(', ')}.`,
  })
}

/**
 * Brings a store's tables up to date, and notes by which version: an older one that finds them so can name it.
 * @throws {HoopError} STORE_NEWER, STORE_FAILED
 */
export const migrate = async (db: Kysely<Tables>, path: string, version?: string): Promise<void> => {
  const steps = await stepsToMake(db, path, version)
  const { error } = await migratorOf(db).migrateToLatest()
  if (error) throw asHoopError(error, 'STORE_FAILED')
  if (version === undefined || (steps === 0 && (await writtenBy(db)) !== undefined)) return
  await db
    .insertInto('meta')
    .values({ key, value: version })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: version }))
    .execute()
}
