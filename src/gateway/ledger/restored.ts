import type { Logger } from 'pino'
import { lastNumber, numberBehind } from '../../store/act-numbers.js'
import { sessionsGone } from '../../store/ledger-leaves.js'
import type { Store } from '../../store/open.js'
import type { Sealing } from '../../store/seals.js'
import { type Rebuilt, rebuildSessions } from './lost/rebuild.js'
import { restoreHolds } from './held.js'
import type { GatewayLedger } from './ledger.js'

/** What no recording and no leaf has whole: the operator has to look at it. */
export const notRebuilt = [
  'people who were shut out: shut them out again, as hoop audit acts or the ledger’s acts say',
  'service tokens, grants and logins: their holders get new ones',
  'requests for approval, standing approvals, access for a while',
  'what was used of budgets by hour and day',
  'people, groups and what a directory has provisioned: they come with the next login or synchronisation',
] as const

export interface EnterRestoredOptions {
  readonly version: string
  /** Folder. */
  readonly recordings: string
  /** Look for sessions that the store lacks whether or not it looks older. */
  readonly always?: boolean | undefined
  readonly seals: Sealing
  readonly log: Logger
}

/**
 * Where the store is older than the ledger, it was put back: the ledger is told what is gone, and acts are numbered on
 * behind those that it has. Otherwise new ones would take the numbers of others, and never be entered. Sessions that it lacks are made
 * from recordings and ledger.
 * @returns what was made, where something was looked for
 * @throws {HoopError} STORE_FAILED, LEDGER_FAILED
 */
export const enterRestored = async (
  { db }: Pick<Store, 'db'>,
  ledger: Pick<GatewayLedger, 'write' | 'stock' | 'folder'>,
  { version, recordings, always = false, seals, log }: EnterRestoredOptions,
): Promise<Rebuilt | undefined> => {
  const { lastAct, known, size } = ledger.stock
  const [last, sessions] = [await lastNumber(db), await sessionsGone(db, known)]
  const rebuild = () => rebuildSessions({ db, folder: ledger.folder, recordings, stock: ledger.stock, seals, log })
  // A hold that somebody has taken out of the table comes back where somebody asks for it, and not by itself: it is evidence.
  if (always) await restoreHolds(db, ledger.folder)
  if (last >= lastAct && sessions === 0) return always ? rebuild() : undefined
  const acts = last < lastAct ? { from: last + 1, to: lastAct + 1 } : undefined
  const gone = { leaves: { from: known, to: size }, ...(acts && { acts }), sessions }
  if (acts && !always) await restoreHolds(db, ledger.folder)
  const rebuilt = await rebuild()
  // First the leaf: once the numbers are raised, nothing else says that some are gone.
  await ledger.write('restored', { version, ...gone, late: true })
  if (acts) await numberBehind(db, lastAct)
  const { fromLedger } = rebuilt
  log.warn(
    { ...gone, rebuilt: rebuilt.sessions, fromLedger, lost: notRebuilt },
    'the store is older than the ledger: it was restored. Sessions are rebuilt; what else came after is only in the ledger, or gone',
  )
  return rebuilt
}
