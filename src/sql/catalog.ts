import { HoopError } from '../lib/errors.js'
import { build, type CatalogNeeds } from './catalog/read/build.js'
import { reading } from './catalog/read/document.js'
import { identityOf, isSingle, moment, snapshotOf, stateOf } from './catalog/moved.js'
import { readSnapshot } from './catalog/read/queries.js'
import { type Reading, readingOf } from './catalog/read/reading.js'
import type { Catalog, CatalogQuery } from './catalog/types.js'
import { initParser } from './parser.js'
import { atOnce, type InTurns, type Steps, withoutPause } from './steps.js'

export type { CatalogNeeds } from './catalog/read/build.js'
export type { KnownName } from './catalog/types.js'
export type { AskSession } from './catalog/own.js'
export { readOwn } from './catalog/own.js'
export type { Reading } from './catalog/read/reading.js'
export type { AddedType, Catalog, CatalogColumn, CatalogQuery, Relation } from './catalog/types.js'

/** Readings before it is given up that views and functions stand still for one. */
const ATTEMPTS = 5

/**
 * Reads snapshots of a database's catalog over one connection: relations, views, inheritance, functions, types. They serve
 * all policies.
 */
export class CatalogReader {
  readonly #query: CatalogQuery
  readonly #inTurns: InTurns
  #identity: string | undefined
  /** What was read here last, or found to be so still, and the server's snapshot directly before. */
  #seen: { readonly reading: Reading; readonly snapshot: string } | undefined

  /**
   * @param query over the gateway's own connection, which must not be in a transaction
   * @param inTurns how what came is taken in
   */
  constructor(query: CatalogQuery, inTurns: InTurns = withoutPause) {
    this.#query = query
    this.#inTurns = inTurns
  }

  /**
   * @param last what was read before: it is what comes back where nothing has changed since
   * @throws what `query` throws; {HoopError} CATALOG_UNSETTLED where definitions changed during each attempt
   */
  async read(last?: Reading): Promise<Reading> {
    const identity = (this.#identity ??= await identityOf(this.#query))
    const snapshot = await snapshotOf(this.#query)
    // Nobody has committed anything in between.
    if (last && snapshot !== undefined && this.#seen?.reading === last && this.#seen.snapshot === snapshot) return last
    const known = last?.identity === identity ? last : undefined
    const reading = (await this.#same(known)) ? known! : await this.#anew(identity)
    this.#seen = snapshot === undefined ? undefined : { reading, snapshot }
    return reading
  }

  async #same(known: Reading | undefined): Promise<boolean> {
    return known !== undefined && (await reading(this.#query, () => stateOf(this.#query))) === known.state
  }

  async #anew(identity: string): Promise<Reading> {
    const query = this.#query
    const asking = { query, inTurns: this.#inTurns }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [state, before, snapshot] = await reading(
        query,
        async () => [await stateOf(query), await moment(query), await readSnapshot(asking)] as const,
      )
      if ((await reading(query, () => moment(query))) === before)
        return this.#inTurns(readingOf(snapshot, { identity, state, single: await isSingle(query) }))
    }
    throw new HoopError('CATALOG_UNSETTLED', `its views and functions changed during ${ATTEMPTS} readings`)
  }
}

/** One snapshot, by whoever needs no other. @throws what `CatalogReader.read` throws */
export const readCatalog = (query: CatalogQuery): Promise<Reading> => new CatalogReader(query).read()

/** What a database is under one policy. The parser must have been initialized. */
export const catalogFor = (read: Reading, needs: CatalogNeeds): Catalog => atOnce(build(read, needs))

/** The same, in steps. */
export const catalogSteps = (read: Reading, needs: CatalogNeeds): Steps<Catalog> => build(read, needs)

/** Both, for whoever has one policy. @throws what `readCatalog` throws */
export const loadCatalog = async (
  query: CatalogQuery,
  masked: readonly string[],
  pure: readonly string[] = [],
): Promise<Catalog> => {
  await initParser()
  return catalogFor(await readCatalog(query), { masked, pure })
}
