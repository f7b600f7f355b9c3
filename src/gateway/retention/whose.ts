import type { Kysely } from 'kysely'
import { type HeldSession, type HoldScope, isCovered } from '../../lib/api/holds.js'
import { asHoopError } from '../../lib/errors.js'
import type { StartEvent } from '../../recording/events.js'
import { readRecording } from '../../recording/reader.js'
import { leavesOfSessions } from '../../store/removals.js'
import { whoseSession } from '../../store/erasures.js'
import type { Tables } from '../../store/schema.js'
import type { KnownEnd } from './ends.js'
import { type SignedLedger, signedLeaf } from './signed-leaf.js'

const firstOf = async (path: string): Promise<StartEvent | undefined> => {
  for await (const event of readRecording(path)) return event.type === 'start' ? event : undefined
  return undefined
}

const startLeaf = async (db: Kysely<Tables>, ledger: SignedLedger, session: string) => {
  const at = (await leavesOfSessions(db, [session])).get(session)?.start
  const leaf = at === undefined ? undefined : await signedLeaf(ledger, at)
  return leaf?.kind === 'session.start' && leaf.session === session ? leaf : undefined
}

export interface Whose {
  readonly db: Kysely<Tables>
  readonly ledger: SignedLedger
  /** That are in force, by the ledger. */
  readonly holds: readonly HoldScope[]
  readonly session: { readonly id: string; readonly endedAt: string }
  /** Of its recording; undefined where that was removed before. */
  readonly path: string | undefined
  /** What the ledger says of its end. */
  readonly end: KnownEnd
}

/** Of one that has ended. */
export type EndedSession = HeldSession & { readonly endedAt: string }

/** Why a session stays, or what a hold has to know of it. */
export type Theirs = { readonly why: string } | { readonly why?: undefined; readonly facts: EndedSession }

export const isHeld = (holds: readonly HoldScope[], facts: HeldSession): boolean =>
  holds.some((hold) => isCovered(hold, facts))

/**
 * Why a session's row can't be believed as to whose it is and when it was: holds and erasures go by it, and whoever can edit
 * the store could have a session removed as somebody else's, or as none that is on hold. Ledger and recording have to say the same.
 * @throws {HoopError} STORE_FAILED
 */
export const theirs = async (asked: Whose): Promise<Theirs> => {
  const { db, ledger, holds, session, path, end } = asked
  const { id } = session
  const row = await whoseSession(db, id)
  try {
    const leaf = await startLeaf(db, ledger, id)
    const told = path === undefined ? undefined : await firstOf(path)
    const said = [
      ...(leaf ? [{ subject: leaf.subject, startedAt: leaf.startedAt }] : []),
      ...(told ? [{ subject: told.subject, startedAt: told.time }] : []),
    ]
    if (!row || said.length === 0) return { why: 'neither ledger nor recording says whose it is' }
    const isSame = said.every(({ subject, startedAt }) => subject === row.subject && startedAt === row.startedAt)
    const owners = [...(leaf?.owner === undefined ? [] : [leaf.owner?.subject]), ...(told ? [told.owner?.subject] : [])]
    if (!isSame || owners.some((owner) => owner !== row.owner))
      return { why: 'ledger or recording say that it is somebody else’s, or from another time' }
    const { endedAt } = typeof end === 'object' ? end : session
    const facts = { ...{ id, endedAt }, ...row }
    return isHeld(holds, facts) ? { why: 'it is on hold, by the ledger' } : { facts }
  } catch (error) {
    return { why: `whose it is can’t be read: ${asHoopError(error).code}` }
  }
}
