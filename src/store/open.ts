import { Kysely, type LogEvent } from 'kysely'
import { HoopError } from '../lib/errors.js'
import { migrate, stepsToMake } from './migrate.js'
import type { Tables } from './schema.js'
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

const dialects: Record<string, typeof sqliteDialect> = {
  sqlite: sqliteDialect,
}

export interface StoreOptions {
  /** Of this hoop: noted where it brings the tables up to date. */
  readonly version?: string | undefined
  /** Told of each query, of those that open the store too. */
  readonly queried?: Queried | undefined
  /** Milliseconds that a query may take once the store is open, asked for each. */
  readonly patience?: (() => number) | undefined
}

/** @throws {HoopError} CONFIG_INVALID */
const connect = (
  url: string,
  patience: () => number,
  queried?: Queried,
): { readonly db: Kysely<Tables>; readonly path: string } => {
  const scheme = url.slice(0, Math.max(0, url.indexOf(':')))
  const dialect = Object.hasOwn(dialects, scheme) ? dialects[scheme] : undefined
  if (!dialect) {
    throw new HoopError('CONFIG_INVALID', `a store of kind ${scheme || 'unknown'} is not supported by this version`, {
      hint: 'Use sqlite:PATH.',
    })
  }
  const path = url.slice(scheme.length + 1)
  const log = queried && {
    log: ({ level, queryDurationMillis }: LogEvent) => queried(queryDurationMillis, level === 'error'),
  }
  return { db: new Kysely<Tables>({ dialect: dialect(path, patience), ...log }), path }
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

/**
 * Opens the gateway's state and brings its tables up to date.
 * @param url `sqlite:PATH`; the folder must be there
 * @throws {HoopError} CONFIG_INVALID for another kind of store; STORE_NEWER; STORE_FAILED where it can't be opened
 */
export const openStore = async (
  url: string,
  { version, queried, patience = () => PATIENCE }: StoreOptions = {},
): Promise<Store> => {
  // To bring a large store up to date takes as long as it takes.
  let given = () => Infinity
  const { db, path } = connect(url, () => given(), queried)
  try {
    await migrate(db, path, version)
    given = patience
  } catch (error) {
    await db.destroy()
    throw error
  }
  return { db, writable: () => write(db), [Symbol.asyncDispose]: () => db.destroy() }
}

/**
 * Tries a store that is there, and leaves its tables as they are.
 * @returns whether the next start has to bring them up to date
 * @throws {HoopError} as openStore
 */
export const tryStore = async (url: string, { version }: StoreOptions = {}): Promise<boolean> => {
  const { db, path } = connect(url, () => PATIENCE)
  try {
    const isOld = (await stepsToMake(db, path, version)) > 0
    if (!isOld) await write(db)
    return isOld
  } finally {
    await db.destroy()
  }
}
