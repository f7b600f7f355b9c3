import type { Logger } from 'pino'
import { lastNumber, numberBehind } from '../../store/act-numbers.js'
import { sessionsGone } from '../../store/ledger-leaves.js'
import type { Store } from '../../store/open.js'
import { restoreHolds } from './held.js'
import type { GatewayLedger } from './ledger.js'

/**
 * Where the store is older than the ledger, it was put back: the ledger is told what is gone, and acts are numbered on
 * behind those that it has. Otherwise new ones would take the numbers of others, and never be entered.
 * @throws {HoopError} STORE_FAILED, LEDGER_FAILED
 */
export const enterRestored = async (
  { db }: Pick<Store, 'db'>,
  ledger: Pick<GatewayLedger, 'write' | 'stock' | 'folder'>,
  version: string,
  log: Logger,
): Promise<void> => {
  const { lastAct, known, size } = ledger.stock
  const [last, sessions] = [await lastNumber(db), await sessionsGone(db, known)]
  if (last >= lastAct && sessions === 0) return
  const acts = last < lastAct ? { from: last + 1, to: lastAct + 1 } : undefined
  const gone = { leaves: { from: known, to: size }, ...(acts && { acts }), sessions }
  if (acts) await restoreHolds(db, ledger.folder)
  // First the leaf: once the numbers are raised, nothing else says that some are gone.
  await ledger.write('restored', { version, ...gone, late: true })
  if (acts) await numberBehind(db, lastAct)
  log.warn(gone, 'the store is older than the ledger: it was restored, and what came after is only in the ledger')
}
