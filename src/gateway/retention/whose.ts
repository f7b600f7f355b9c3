import type { Kysely } from 'kysely'
import { openLeaf } from '../../ledger/leaves.js'
import { contentAt } from '../../ledger/log/contents.js'
import { asHoopError } from '../../lib/errors.js'
import type { StartEvent } from '../../recording/events.js'
import { readRecording } from '../../recording/reader.js'
import { leavesOfSessions } from '../../store/removals.js'
import { whoseSession } from '../../store/erasures.js'
import type { Tables } from '../../store/schema.js'

const firstOf = async (path: string): Promise<StartEvent | undefined> => {
  for await (const event of readRecording(path)) return event.type === 'start' ? event : undefined
  return undefined
}

const startLeaf = async (db: Kysely<Tables>, folder: string, session: string) => {
  const at = (await leavesOfSessions(db, [session])).get(session)?.start
  const record = at === undefined ? undefined : await contentAt(folder, BigInt(at))
  const leaf = record && openLeaf(record)
  return leaf?.kind === 'session.start' && leaf.session === session ? leaf : undefined
}

/**
 * Why a session's row can't be believed as to whose it is and when it began: holds and erasures go by it, and whoever can edit
 * the store could have a session removed as somebody else's. Ledger and recording have to say the same.
 * @param path of its recording; undefined where that was removed before
 * @returns undefined where they do
 * @throws {HoopError} STORE_FAILED
 */
export const whyNotTheirs = async (
  db: Kysely<Tables>,
  folder: string,
  session: string,
  path: string | undefined,
): Promise<string | undefined> => {
  const row = await whoseSession(db, session)
  try {
    const leaf = await startLeaf(db, folder, session)
    const told = path === undefined ? undefined : await firstOf(path)
    const said = [
      ...(leaf ? [{ subject: leaf.subject, startedAt: leaf.startedAt }] : []),
      ...(told ? [{ subject: told.subject, startedAt: told.time }] : []),
    ]
    if (said.length === 0) return 'neither ledger nor recording says whose it is'
    const isSame = said.every(({ subject, startedAt }) => subject === row?.subject && startedAt === row.startedAt)
    const isOwners = !told || told.owner?.subject === row?.owner
    return isSame && isOwners ? undefined : 'ledger or recording say that it is somebody else’s, or from another time'
  } catch (error) {
    return `whose it is can’t be read: ${asHoopError(error).code}`
  }
}
