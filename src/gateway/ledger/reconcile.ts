import type { Logger } from 'pino'
import { asHoopError } from '../../lib/errors.js'
import type { LeafContents } from '../../ledger/leaves.js'
import { recordingPath } from '../../recording/paths.js'
import { verifyRecording } from '../../recording/verify.js'
import { sessionsToEnter } from '../../store/ledger-leaves.js'
import type { Store } from '../../store/open.js'
import type { Seals } from '../../store/seals.js'
import { madeOf, sessionOf } from '../../store/sessions/rows.js'
import type { StoreDamage } from './damage.js'
import type { GatewayLedger } from './ledger.js'
import { toldByRecording } from './lost/told-by-recording.js'

type End = Omit<LeafContents['session.end'], 'session' | 'late'>
type Row = Awaited<ReturnType<typeof sessionsToEnter>>[number]['row']

export interface EnterSessionsOptions extends Pick<Store, 'db'> {
  /** Folder. */
  readonly recordings: string
  readonly ledger: Pick<GatewayLedger, 'write' | 'stock'>
  readonly seals: Seals
  readonly damage: Pick<StoreDamage, 'report'>
  readonly log: Logger
}

/** How far a recording has come, and how it says that it ended. */
const asItLies = async (folder: string, id: string, startedAt: string) => {
  try {
    const { head, frames, size, closed, end } = await verifyRecording(recordingPath(folder, id, startedAt))
    return { head: { head, frames, size, ...(!closed && { problem: 'RECORDING_OPEN' }) }, end }
  } catch (error) {
    return { head: { problem: asHoopError(error).code }, end: undefined }
  }
}

/** A crash leaves recordings of sessions that were never begun: of these nothing is said, and nothing has come of them. */
const ranNothing = async (folder: string, id: string, startedAt: string): Promise<boolean> => {
  try {
    const told = await toldByRecording(recordingPath(folder, id, startedAt))
    return told !== undefined && told.counters.statements === 0 && told.counters.refused === 0
  } catch {
    return false
  }
}

const startOf = (row: Row): Omit<LeafContents['session.start'], 'session'> => {
  const { subject, name, owner = null, connection, grantId: grant, policyHash: policy, startedAt } = sessionOf(row)
  return { subject, name, owner, connection, grant, policy, startedAt }
}

const endOf = (row: Row): End => {
  const { end = 'aborted', startedAt, endedAt = startedAt, reason, endedBy: by } = sessionOf(row)
  return { end, endedAt, ...(reason !== undefined && { reason }), ...(by && { by }) }
}

/**
 * Enters, marked as late, what a gateway that stopped at once had not come to: the ends of its sessions, after recovery has
 * closed their recordings, and what of their beginnings it had still to enter. A row is believed where the gateway has sealed it; how
 * a session ended whose row was edited, its recording says.
 * @throws {HoopError} STORE_FAILED, LEDGER_FAILED
 */
export const enterSessions = async (options: EnterSessionsOptions): Promise<void> => {
  const { recordings, db, ledger, seals, damage, log } = options
  const { began, isSealed } = ledger.stock
  // Of a ledger that has just begun no session is.
  if (began === undefined) return
  const late = true as const
  const unsealed = { unsealed: true } as const
  for (const { row, hasStart, hasEnd } of await sessionsToEnter(db, began)) {
    const { id: session, startedAt } = sessionOf(row)
    const made = madeOf(row, seals)
    if (!hasStart && !made.start && isSealed) {
      if (row.start_seal !== null || !(await ranNothing(recordings, session, startedAt)))
        damage.report(`session ${session}`, 'which no gateway that has its key has begun')
      continue
    }
    if (!hasStart) await ledger.write('session.start', { session, ...startOf(row), late, ...(!made.start && unsealed) })
    if (hasEnd) continue
    const lies = await asItLies(recordings, session, startedAt)
    if (!made.end && isSealed)
      damage.report(`the end of session ${session}`, 'which no gateway that has its key has written so')
    const told = lies.end && {
      ...{ end: lies.end.end, endedAt: lies.end.time },
      ...(lies.end.reason !== undefined && { reason: lies.end.reason }),
      ...(lies.end.by && { by: lies.end.by }),
    }
    const unknown: End = { end: 'aborted', endedAt: startedAt, reason: 'nobody can say how it ended' }
    const end = made.end || !isSealed ? endOf(row) : (told ?? unknown)
    await ledger.write('session.end', {
      ...{ session, ...end, late, ...lies.head },
      ...(!made.end && !isSealed && unsealed),
    })
    log.warn({ session, ...lies.head }, 'a session that a stopped gateway left was entered in the ledger')
  }
}
