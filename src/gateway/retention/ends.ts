import type { Kysely } from 'kysely'
import { type LeafOf, openLeaf } from '../../ledger/leaves.js'
import { contentAt, contentsOf } from '../../ledger/log/contents.js'
import { tileWidth } from '../../ledger/tiles/paths.js'
import type { LyingFile } from '../../recording/removal.js'
import { trailerLength } from '../../recording/format/layout.js'
import { verifyChain } from '../../recording/verify.js'
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
 * Why a recording is not, or no longer, what the ledger has, as far as its size and last bytes tell.
 * @returns undefined where they don't
 */
export const whyNot = (file: LyingFile | undefined, end: KnownEnd): string | undefined => {
  if (!file) return 'its file is gone, and nothing here has removed it'
  if (end === 'open') return 'its end is not in the ledger'
  return end === undefined || !isComparable(end) || isSame(file, end)
    ? undefined
    : 'its file is not what the ledger says'
}

/** One that the gateway itself couldn't finish: nothing is known that it could be held against. */
const isComparable = (end: LeafOf<'session.end'>): boolean =>
  end.head !== undefined && end.size !== undefined && end.problem === undefined

const isSame = (file: LyingFile, { head, size }: LeafOf<'session.end'>): boolean =>
  file.head === head && file.bytes === (size ?? 0) + trailerLength

/** A recording that may go, and what the store says of it. */
interface Examined {
  readonly path: string
  readonly file: LyingFile | undefined
  readonly end: KnownEnd
  readonly session: { readonly startedAt: string }
  /** It goes since it ended before then, milliseconds since 1970. */
  readonly endedBefore?: number | undefined
  /** Folder of the ledger. */
  readonly ledger: string
}

/** When the ledger began, milliseconds since 1970. @throws {HoopError} LEDGER_DAMAGED */
const beganAt = async (folder: string): Promise<number> => {
  const record = await contentAt(folder, 0n)
  const leaf = record && openLeaf(record)
  return leaf?.kind === 'begin' ? Date.parse(leaf.time) : -Infinity
}

/**
 * Why a recording may not go: whoever removed it would remove what shows that it was altered. All of it is read, since a file can
 * be another and keep its length and its last bytes; and what the store says of when is held against the ledger.
 * @returns undefined where it may
 * @throws {HoopError} LEDGER_DAMAGED
 */
export const whyAltered = async ({
  path,
  file,
  end,
  session,
  endedBefore,
  ledger,
}: Examined): Promise<string | undefined> => {
  const why = whyNot(file, end)
  if (why !== undefined) return why
  if (end === undefined || end === 'open')
    return Date.parse(session.startedAt) < (await beganAt(ledger)) ? undefined : 'the ledger knows nothing of it'
  if (endedBefore !== undefined && Date.parse(end.endedAt) > endedBefore) return 'by the ledger it ended later'
  if (!isComparable(end)) return undefined
  return verifyChain(path, end.head!).then(
    () => undefined,
    () => 'its content is not what the ledger says',
  )
}
