import type { Kysely } from 'kysely'
import { type LeafOf, openLeaf } from '../../ledger/leaves.js'
import { contentsOf } from '../../ledger/log/contents.js'
import { tileWidth } from '../../ledger/tiles/paths.js'
import type { LyingFile } from '../../recording/removal.js'
import { trailerLength } from '../../recording/format/layout.js'
import { leavesOfSessions } from '../../store/removals.js'
import type { Tables } from '../../store/schema.js'

/** What the ledger says of how sessions ended. `open`: it saw them begin, and not yet end. */
export type KnownEnd = LeafOf<'session.end'> | 'open' | undefined

/** @throws {HoopError} STORE_FAILED, LEDGER_DAMAGED */
export const endsOf = async (
  db: Kysely<Tables>,
  folder: string,
  sessions: readonly string[],
): Promise<ReadonlyMap<string, KnownEnd>> => {
  if (sessions.length === 0) return new Map()
  const leaves = await leavesOfSessions(db, sessions)
  const found = new Map<string, KnownEnd>()
  // Those of one file together: sessions that ended one after the other stand in the same.
  const byFile = Map.groupBy(leaves, ([, { end = -1 }]) => (end < 0 ? -1 : Math.floor(end / tileWidth)))
  for (const [file, known] of byFile) {
    const { records } = file < 0 ? { records: undefined } : await contentsOf(folder, BigInt(file))
    for (const [session, { start, end }] of known) {
      const record = end === undefined ? undefined : records?.get(BigInt(end))
      if (end === undefined) found.set(session, start === undefined ? undefined : 'open')
      else if (record) {
        const leaf = openLeaf(record)
        if (leaf.kind === 'session.end') found.set(session, leaf)
      }
    }
  }
  return found
}

/**
 * Why a recording may not go: it is not, or no longer, what the ledger has. Whoever removed it would remove what shows that.
 * @returns undefined where it may
 */
export const whyNot = (file: LyingFile | undefined, end: KnownEnd): string | undefined => {
  if (!file) return 'its file is gone, and nothing here has removed it'
  if (end === 'open') return 'its end is not in the ledger'
  // From before the ledger, or one that the gateway itself couldn't finish: nothing is known that it could be held against.
  if (end?.head === undefined || end.size === undefined || end.problem !== undefined) return undefined
  const isSame = file.head === end.head && file.bytes === end.size + trailerLength
  return isSame ? undefined : 'its file is not what the ledger says'
}
