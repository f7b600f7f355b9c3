import type { Kysely } from 'kysely'
import { factsOf, isEmptied, isErasable, type LeafRecord, openLeaf } from '../../ledger/leaves.js'
import { contentsOf } from '../../ledger/log/contents.js'
import { tileWidth } from '../../ledger/tiles/paths.js'
import { leavesTelling } from '../../store/erasures.js'
import type { Tables } from '../../store/schema.js'

const tells = (record: LeafRecord, session: string): boolean => {
  if (!isErasable(factsOf(record.entry).kind)) return false
  // What was emptied before can't be emptied again.
  if (isEmptied(record)) return true
  const leaf = openLeaf(record)
  return 'session' in leaf && leaf.session === session
}

/**
 * Of these leaves those that do tell of a session, by what they say themselves.
 * @throws {HoopError} LEDGER_DAMAGED
 */
export const thoseTelling = async (folder: string, leaves: readonly number[], session: string): Promise<number[]> => {
  const found: number[] = []
  for (const [file, places] of Map.groupBy(leaves, (leaf) => Math.floor(leaf / tileWidth))) {
    const { records } = await contentsOf(folder, BigInt(file))
    for (const leaf of places) {
      const record = records.get(BigInt(leaf))
      if (record && tells(record, session)) found.push(leaf)
    }
  }
  return found
}

/**
 * The leaves whose contents go with a session. The store's index of them only says where to look: whoever can edit it must not
 * have any other leaf emptied by it.
 * @returns undefined where the index names a leaf that tells of something else
 * @throws {HoopError} STORE_FAILED, LEDGER_DAMAGED
 */
export const leavesGoing = async (
  db: Kysely<Tables>,
  folder: string,
  session: string,
): Promise<readonly number[] | undefined> => {
  const listed = await leavesTelling(db, session)
  const telling = await thoseTelling(folder, listed, session)
  return telling.length === listed.length ? telling : undefined
}
