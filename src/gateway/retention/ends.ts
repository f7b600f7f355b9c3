import type { Kysely } from 'kysely'
import { HoopError } from '../../lib/errors.js'
import type { Leaf, LeafOf } from '../../ledger/leaves.js'
import type { LyingFile } from '../../recording/removal.js'
import { trailerLength } from '../../recording/format/layout.js'
import { verifyChain } from '../../recording/verify.js'
import { leavesOfSessions } from '../../store/removals.js'
import type { Tables } from '../../store/schema.js'
import type { StoreDamage } from '../ledger/damage.js'
import { type SignedLedger, signedLeaf } from './signed-leaf.js'

/** What the ledger says of how sessions ended. `open`: it saw them begin, and not yet end; `other`: where the store says that it stands, there is another. */
export type KnownEnd = LeafOf<'session.end'> | 'open' | 'other' | undefined

/** A leaf, where it is what was signed; one that isn't costs what it tells of, and nobody else. @throws {HoopError} LEDGER_FAILED */
const readable = (ledger: SignedLedger, index: number): Promise<Leaf | 'other' | undefined> =>
  signedLeaf(ledger, index).catch((error: unknown) => {
    if (error instanceof HoopError && error.code === 'LEDGER_DAMAGED') return 'other' as const
    throw error
  })

/**
 * The store only says where to look: a leaf counts for the session that it names. Where it names another's, that session alone has no end.
 * @throws {HoopError} STORE_FAILED
 */
export const endsOf = async (
  db: Kysely<Tables>,
  ledger: SignedLedger,
  sessions: readonly string[],
  damage: Pick<StoreDamage, 'report'>,
): Promise<ReadonlyMap<string, KnownEnd>> => {
  if (sessions.length === 0) return new Map()
  const found = new Map<string, KnownEnd>()
  for (const [session, { start, end }] of await leavesOfSessions(db, sessions)) {
    const leaf = end === undefined ? undefined : await readable(ledger, end)
    if (end === undefined) found.set(session, start === undefined ? undefined : 'open')
    else if (leaf !== 'other' && leaf?.kind === 'session.end' && leaf.session === session) found.set(session, leaf)
    else if (leaf) {
      found.set(session, 'other')
      damage.report(`ledger_leaves ${end}`, `which does not say how session ${session} ended, as the store has it`)
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
  if (end === 'other') return 'the store names another leaf than that of its end'
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
  readonly ledger: SignedLedger
}

/** When the ledger began, milliseconds since 1970. @throws {HoopError} LEDGER_DAMAGED */
const beganAt = async (ledger: SignedLedger): Promise<number> => {
  const leaf = await signedLeaf(ledger, 0)
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
  if (end === undefined || typeof end === 'string')
    return Date.parse(session.startedAt) < (await beganAt(ledger)) ? undefined : 'the ledger knows nothing of it'
  if (endedBefore !== undefined && Date.parse(end.endedAt) > endedBefore) return 'by the ledger it ended later'
  if (!isComparable(end)) return undefined
  return verifyChain(path, end.head!).then(
    () => undefined,
    () => 'its content is not what the ledger says',
  )
}
