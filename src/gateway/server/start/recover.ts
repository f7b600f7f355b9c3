import type { Logger } from 'pino'
import { type Recovered, recoverRecordings } from '../../../recording/recover.js'
import type { Store } from '../../../store/open.js'
import { rowOfStart } from '../../ledger/lost/told-by-recording.js'
import type { StoredSessionIndex } from '../../../store/sessions/session-index.js'
import { openSessions } from '../../../store/sessions/queries.js'

const note = (log: Logger, { id: session, path, end, torn, wasClosed, problem }: Recovered): void => {
  if (problem)
    log.error({ session, file: path, err: problem }, 'a recording of a gateway that stopped cannot be closed')
  else if (wasClosed) log.warn({ session, end }, 'a session had ended, and the index of sessions did not know')
  else log.warn({ session, end, torn }, 'closed a recording that a stopped gateway left open')
}

/**
 * Before the first session: closes what a gateway that stopped at once left open, recordings first, then what the index
 * still calls live. What is wrong with one recording is one line of the log.
 * @throws {HoopError} RECORDING_FAILED, STORE_FAILED
 */
export const recover = async (
  folder: string,
  { db }: Pick<Store, 'db'>,
  index: StoredSessionIndex,
  log: Logger,
): Promise<void> => {
  for await (const recovered of recoverRecordings(folder, await openSessions(db))) {
    const { id, start, end, reason, by, endedAt, counters } = recovered
    note(log, recovered)
    // Of one that says nothing, the index knows more: how far its counters had come.
    if (!start) continue
    await index.found(rowOfStart(start, counters))
    await index.ended(id, { end, endedAt, counters, ...(reason !== undefined && { reason }), ...(by && { by }) })
  }
  await index.abortOpen((await openSessions(db)).map(({ id }) => id))
}
