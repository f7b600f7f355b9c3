import type { Logger } from 'pino'
import { asHoopError } from '../../lib/errors.js'
import type { LeafContents } from '../../ledger/leaves.js'
import { recordingPath } from '../../recording/paths.js'
import { verifyRecording } from '../../recording/verify.js'
import { sessionsToEnter } from '../../store/ledger-leaves.js'
import type { Store } from '../../store/open.js'
import { sessionOf } from '../../store/sessions/rows.js'
import type { GatewayLedger } from './ledger.js'

type Ended = Pick<LeafContents['session.end'], 'head' | 'frames' | 'size' | 'problem'>

const asItLies = async (path: string): Promise<Ended> => {
  try {
    const { head, frames, size, closed } = await verifyRecording(path)
    return { head, frames, size, ...(!closed && { problem: 'RECORDING_OPEN' }) }
  } catch (error) {
    return { problem: asHoopError(error).code }
  }
}

/**
 * Enters, marked as late, what a gateway that stopped at once had not come to: the ends of its sessions, after recovery has
 * closed their recordings, and the beginnings of those that it was just opening.
 * @throws {HoopError} STORE_FAILED, LEDGER_FAILED
 */
export const enterSessions = async (
  recordings: string,
  { db }: Pick<Store, 'db'>,
  ledger: Pick<GatewayLedger, 'write' | 'stock'>,
  log: Logger,
): Promise<void> => {
  const { began } = ledger.stock
  // Of a ledger that has just begun no session is.
  if (began === undefined) return
  for (const { row, hasStart, hasEnd } of await sessionsToEnter(db, began)) {
    const {
      id: session,
      subject,
      name,
      owner = null,
      connection,
      grantId: grant,
      policyHash: policy,
      startedAt,
      ...rest
    } = sessionOf(row)
    const late = true as const
    if (!hasStart)
      await ledger.write('session.start', {
        ...{ session, subject, name, owner, connection, grant, policy, startedAt },
        late,
      })
    if (hasEnd) continue
    const { end = 'aborted', endedAt = startedAt, reason, endedBy: by } = rest
    const lies = await asItLies(recordingPath(recordings, session, startedAt))
    const why = { ...(reason !== undefined && { reason }), ...(by && { by }) }
    await ledger.write('session.end', { ...{ session, end, endedAt, late }, ...why, ...lies })
    log.warn({ session, ...lies }, 'a session that a stopped gateway left was entered in the ledger')
  }
}
