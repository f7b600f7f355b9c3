import type { Transaction } from 'kysely'
import type { Logger } from 'pino'
import type { AdministratorAct } from '../../lib/api/acts.js'
import { addAct } from '../../store/acts.js'
import type { ActLeaves } from '../ledger/act-leaves.js'
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
 * @param ledger seals what the store is given, and takes it from there
 */
export const auditLog = (
  log: Logger,
  { db }: Pick<Store, 'db'>,
  ledger?: Pick<ActLeaves, 'seals' | 'last' | 'made' | 'entered'>,
): WriteAudit => {
  const queue = new WriteQueue(db)
  const add = async (transaction: Transaction<Tables>, act: AdministratorAct, at: number): Promise<number> => {
    const number = await addAct(transaction, act, at, ledger)
    ledger?.made(number)
    return number
  }
  return async (act, within) => {
    const { by, ...rest } = act
    log.info({ ...rest, by: by.subject, byName: by.name }, 'administrative act')
    const at = Date.now()
    if (within) {
      setTimeout(() => void ledger?.entered().catch(() => undefined), soon).unref()
      await add(within, act, at)
      return
    }
    let number: number | undefined
    // Many at once, of one kill of many sessions, share a transaction.
    await queue.push(async (transaction) => (number = await add(transaction, act, at)))
    await ledger?.entered(number)
  }
}
