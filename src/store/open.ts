import { HandleEmptyInListsPlugin, Kysely, type LogEvent, replaceWithNoncontingentExpression } from 'kysely'
import { HoopError } from '../lib/errors.js'
import { migrate, stepsToMake } from './migrate.js'
import type { Tables } from './schema.js'
import { postgresDialect } from './postgres/dialect.js'
import { withRetries } from './postgres/retry.js'
import { type PostgresServer, storeSchema } from './postgres/server.js'
import { sqliteDialect } from './sqlite/dialect.js'

/** Is told of each query: how long it took, milliseconds, and whether it failed. */
export type Queried = (milliseconds: number, failed: boolean) => void

export interface Store extends AsyncDisposable {
  readonly db: Kysely<Tables>
  /** Writes a row. @throws {HoopError} STORE_FAILED */
  writable(): Promise<void>
}

/**
 * Milliseconds that a query may take: a disk that hangs must not keep whoever waits for ever. Longer than what a store that somebody
 * else holds takes to say so (5 s), and shorter than clients wait for an answer (15 s).
 */
const PATIENCE = 10_000

/** Where a store lies: `sqlite:PATH`, or a server. */
export type StorePlace = string | PostgresServer

export interface StoreOptions {
  /** Of this hoop: noted where it brings the tables up to date. */
  readonly version?: string | undefined
  /** Told of each query, of those that open the store too. */
  readonly queried?: Queried | undefined
  /** Milliseconds that a query may take once the store is open, asked for each. */
  readonly patience?: (() => number) | undefined
}

type Opened = Omit<StoreOptions, 'version'> & { readonly patience: () => number }

/** To SQLite nothing is in a list without members; PostgreSQL takes none. */
const emptyLists = new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })

/** What messages call it. */
export const nameOf = (place: StorePlace): string =>
  typeof place === 'string' ? place.slice(place.indexOf(':') + 1) : place.name

/** @throws {HoopError} CONFIG_INVALID */
const connect = (place: StorePlace, { patience, queried }: Opened): Kysely<Tables> => {
  const log = queried && {
    log: ({ level, queryDurationMillis }: LogEvent) => queried(queryDurationMillis, level === 'error'),
  }
  if (typeof place !== 'string')
    return new Kysely<Tables>({ dialect: postgresDialect(place, patience), plugins: [emptyLists], ...log })
  if (place.startsWith('sqlite:'))
    return new Kysely<Tables>({ dialect: sqliteDialect(nameOf(place), patience), ...log })
  const scheme = place.slice(0, Math.max(0, place.indexOf(':')))
  throw new HoopError('CONFIG_INVALID', `a store of kind ${scheme || 'unknown'} is not supported by this version`, {
    hint: 'Use sqlite:PATH or postgres://user@host/database.',
  })
}

/** Writes a row. @throws {HoopError} STORE_FAILED */
const write = async (db: Kysely<Tables>): Promise<void> => {
  const value = new Date().toISOString()
  await db
    .insertInto('meta')
    .values({ key: 'written', value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

/** Makes the schema that a store lies in, where it isn't there. @throws {HoopError} STORE_FAILED */
const makeSchema = async (db: Kysely<Tables>): Promise<void> => {
  const schemas = await db.introspection.getSchemas()
  // Who may not make schemas in the database may have been given this one.
  if (!schemas.some(({ name }) => name === storeSchema))
    await db.schema.createSchema(storeSchema).ifNotExists().execute()
}

const storeOf = (db: Kysely<Tables>): Store => ({
  db,
  writable: () => write(db),
  [Symbol.asyncDispose]: () => db.destroy(),
})

type Opening = StoreOptions & { readonly patience: () => number }

const openFile = async (place: string, { version, queried, patience }: Opening): Promise<Store> => {
  // To bring a large store up to date takes as long as it takes.
  let given = () => Infinity
  const db = connect(place, { queried, patience: () => given() })
  try {
    await migrate(db, nameOf(place), version)
    given = patience
  } catch (error) {
    await db.destroy()
    throw error
  }
  return storeOf(db)
}

const openOnServer = async (place: PostgresServer, { version, queried, patience }: Opening): Promise<Store> => {
  // Connections of its own: what the server itself bounds a statement by is said when one is opened.
  const unbounded = connect(place, { queried, patience: () => Infinity })
  try {
    await makeSchema(unbounded)
    await migrate(unbounded, place.name, version)
  } finally {
    await unbounded.destroy()
  }
  return storeOf(withRetries(connect(place, { queried, patience })))
}

/**
 * Opens the gateway's state and brings its tables up to date.
 * @param place of a file: its folder must be there
 * @throws {HoopError} CONFIG_INVALID for another kind of store; STORE_NEWER; STORE_FAILED where it can't be opened
 */
export const openStore = (
  place: StorePlace,
  { patience = () => PATIENCE, ...options }: StoreOptions = {},
): Promise<Store> =>
  typeof place === 'string' ? openFile(place, { ...options, patience }) : openOnServer(place, { ...options, patience })

/**
 * Tries a store that is there, and leaves its tables as they are.
 * @returns whether the next start has to bring them up to date
 * @throws {HoopError} as openStore
 */
export const tryStore = async (place: StorePlace, { version }: StoreOptions = {}): Promise<boolean> => {
  const db = connect(place, { patience: () => PATIENCE })
  try {
    const isOld = (await stepsToMake(db, nameOf(place), version)) > 0
    if (!isOld) await write(db)
    return isOld
  } finally {
    await db.destroy()
  }
}
