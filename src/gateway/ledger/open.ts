import type { StoreSeals } from '../../ledger/seals.js'
import { ActLeaves } from './act-leaves.js'
import type { Rebuilt } from './lost/rebuild.js'
import { StoreDamage, type DamageOptions } from './damage.js'
import { GatewayLedger, type LedgerOptions } from './ledger.js'
import { enterSessions } from './reconcile.js'
import { enterRestored } from './restored.js'
import { SessionLeaves } from './session-leaves.js'

/** Silence shows: something is entered at least so often, milliseconds. */
const heartbeat = 60_000

export interface OpenLedgerOptions extends Omit<LedgerOptions, 'damage' | 'seals'>, Pick<DamageOptions, 'tell'> {
  readonly seals: StoreSeals
  readonly version: string
  /** Folder. Recovery has been through it. */
  readonly recordings: string
  /** Make rows of sessions that the store lacks, whether or not it looks older than the ledger. */
  readonly rebuild?: boolean | undefined
}

/** The ledger, and what enters into it by itself. */
export interface Ledgers extends AsyncDisposable {
  readonly ledger: GatewayLedger
  readonly sessions: SessionLeaves
  readonly acts: ActLeaves
  /** What of the store is not of this gateway's making. */
  readonly damage: Pick<StoreDamage, 'report'>
  /** What was made of sessions that the store lacked, where it was looked for. */
  readonly rebuilt?: Rebuilt | undefined
}

/**
 * Opens the ledger, whose keys are there, and enters what the last gateway had not come to.
 * @throws {HoopError} LEDGER_FAILED, LEDGER_DAMAGED, STORE_FAILED, KEY_MISSING
 */
export const openLedger = async (options: OpenLedgerOptions): Promise<Ledgers> => {
  const { version, recordings, store, log, seals } = options
  const { db } = store
  await using stack = new AsyncDisposableStack()
  const damage = new StoreDamage(options)
  const ledger = stack.use(await GatewayLedger.open({ ...options, damage }))
  if (ledger.checkpoint === undefined) await ledger.write('begin', { version, vkey: ledger.vkey })
  damage.enterBy((notice) => ledger.write('notice', notice))
  await ledger.noted()
  const rebuilt = await enterRestored(store, ledger, { version, recordings, always: options.rebuild, seals, log })
  await enterSessions({ recordings, db, ledger, seals, damage, log })
  const acts = await ActLeaves.open({ db, ledger, seals, damage })
  const sessions = stack.use(new SessionLeaves(ledger))
  await ledger.write('gateway', { what: 'started', version, sealed: true })
  const beats = async (): Promise<void> => {
    await acts.entered()
    await ledger.write('heartbeat', { sessions: sessions.size })
  }
  const beat = setInterval(() => void beats().catch(() => undefined), heartbeat)
  beat.unref()
  const owned = stack.move()
  return {
    ...{ ledger, sessions, acts, damage, rebuilt },
    [Symbol.asyncDispose]: async () => {
      clearInterval(beat)
      await sessions[Symbol.asyncDispose]()
      await acts.entered().catch(() => undefined)
      await ledger.write('gateway', { what: 'stopped', version }).catch(() => undefined)
      await owned.disposeAsync()
    },
  }
}
