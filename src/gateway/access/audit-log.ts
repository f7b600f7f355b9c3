import type { Transaction } from 'kysely'
import type { Logger } from 'pino'
import type { AdministratorAct } from '../../lib/api/acts.js'
import { addAct } from '../../store/acts.js'
import type { Store } from '../../store/open.js'
import type { Tables } from '../../store/schema.js'
import { WriteQueue } from '../../store/write-queue.js'

/**
 * Where acts on people's access are written down: all of them pass here. Resolves when the act is on disk, which is
 * before its answer is given. What must not wait for the store (a kill, a revocation) is done before this is called.
 * @param within the transaction that does what the act says: both are kept or neither
 * @throws {HoopError} STORE_FAILED, LEDGER_FAILED
 */
export type WriteAudit = (act: AdministratorAct, within?: Transaction<Tables>) => Promise<void>

/** How soon an act is in the ledger whose transaction somebody else commits, milliseconds; an answer waits for it. */
const soon = 100

/**
 * In the gateway's log at once, whatever becomes of the store, in the store, and then in the ledger.
 * @param entered brings into the ledger what the store has
 */
export const auditLog = (
  log: Logger,
  { db }: Pick<Store, 'db'>,
  entered: () => Promise<void> = async () => undefined,
): WriteAudit => {
  const queue = new WriteQueue(db)
  return async (act, within) => {
    const { by, ...rest } = act
    log.info({ ...rest, by: by.subject, byName: by.name }, 'administrative act')
    const at = Date.now()
    if (within) {
      setTimeout(() => void entered().catch(() => undefined), soon).unref()
      return addAct(within, act, at)
    }
    // Many at once, of one kill of many sessions, share a transaction.
    await queue.push((transaction) => addAct(transaction, act, at))
    await entered()
  }
}
