import { HoopError } from '../../lib/errors.js'
import { stateOf } from './moved.js'
import { isOwn } from '../witness/transactions.js'
import type { InTurns } from '../steps.js'
import { documents, rows } from './read/document.js'
import { readSnapshot } from './read/queries.js'
import { type Reading, readingOf } from './read/reading.js'
import type { CatalogQuery } from './types.js'

/** One of the statements that are sent together, with its parameters as texts. */
export interface OwnStatement {
  readonly text: string
  readonly parameters: readonly string[]
}

/** Runs statements of at most one row with one column, in the session's own transaction; gives what each yields, in order. */
export type AskSession = (statements: readonly OwnStatement[]) => Promise<readonly (string | undefined)[]>

/** Relations that the transaction has made since another reading: with a higher number than any in that, and by itself. */
const madeSince = ({ rows: known }: Reading): string => {
  let newest = 0
  for (const oid of known.keys()) if (oid > newest) newest = oid
  return rows('c.oid::int8', `pg_class c WHERE c.oid > ${newest}::int8::oid AND ${isOwn('c.xmin')}`)
}

/** Readings before it is given up that the catalog stands still for one. */
const ATTEMPTS = 3

const own = (text: string, ...parameters: string[]): OwnStatement => ({
  text: `/* hoop witness */ ${text}`,
  parameters,
})

/** What the session has set, and the locks that it holds, are afterwards what they were. */
const unseen = (statement: OwnStatement): OwnStatement[] => [
  own('SAVEPOINT hoop_catalog'),
  own(`SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)`),
  statement,
  own('ROLLBACK TO SAVEPOINT hoop_catalog'),
  own('RELEASE SAVEPOINT hoop_catalog'),
]

/**
 * Reads the catalog as an open transaction under READ COMMITTED sees it, with what that has changed itself. Each query has a
 * savepoint and a search path for itself alone, in one pipeline. The search path has the session's temporary objects last,
 * so that none can stand in for the system's. Going back to the savepoint gives back the locks on what views name, which the
 * server takes to say how they are defined: nobody waits for them until the transaction ends.
 * @param base a reading of the same database
 * @param inTurns how what came is taken in
 * @throws what `ask` throws; {HoopError} CATALOG_UNSETTLED where the catalog changed during each attempt
 */
export const readOwn = async (ask: AskSession, base: Reading, inTurns: InTurns): Promise<Reading> => {
  const query: CatalogQuery = async (text, parameters = []) => {
    const [, , document] = await ask(unseen(own(text, ...parameters.map(String))))
    return [{ document }]
  }
  const asking = { query, inTurns }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Each query sees what was committed before it: what is the same before and after all others is the same in them.
    const state = await stateOf(query)
    const snapshot = await readSnapshot(asking)
    const { made } = (await documents(asking, { made: madeSince(base) })) as { made: [number][] }
    if ((await stateOf(query)) === state)
      return inTurns(readingOf(snapshot, { identity: base.identity, state, single: base.single }, made.flat()))
  }
  throw new HoopError('CATALOG_UNSETTLED', `it changed during ${ATTEMPTS} readings`)
}
