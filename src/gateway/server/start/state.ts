import type { Logger } from 'pino'
import type { GatewayConfig } from '../../../policy/config/schema.js'
import type { SecretSpec } from '../../../policy/config/sections/secret.js'
import type { Secret } from '../../../policy/config/secrets/secret.js'
import type { Store } from '../../../store/open.js'
import { StoredSessionIndex } from '../../../store/sessions/session-index.js'
import { UsageRecords } from '../../../store/usage.js'
import { unusualEgress } from '../../budgets/alerts.js'
import { Usage } from '../../budgets/usage.js'
import type { GatewayMetrics } from '../../metrics/gateway-metrics.js'
import type { Webhooks } from '../../webhooks/webhooks.js'
import { ledgerFolder, pathIn } from '../../host/layout.js'
import { HeldFiles } from '../../host/held-files.js'
import { lockLedger, lockRecordings } from '../../host/lock.js'
import { type Ledgers, openLedger } from '../../ledger/open.js'
import { StatementIndex } from '../../statements/statement-index.js'
import { ensureLedgerKeys, loadLedgerKeys } from '../../../ledger/log/key-file.js'
import { StoreSeals } from '../../../ledger/seals.js'
import { type StoreSection, storePlace } from '../../upstream/store-place.js'
import { openKept } from './kept-store.js'
import { recover } from './recover.js'

export interface State extends AsyncDisposable {
  readonly store: Store
  readonly index: StoredSessionIndex
  readonly usage: Usage
  readonly ledgers: Ledgers
  readonly statements: StatementIndex
  /** Folder of recordings. */
  readonly recordings: string
  /** Locks and store: while they are what they were, what is recorded and noted can be found again. */
  readonly held: Pick<HeldFiles, 'assert' | 'lost'>
}

/**
 * Opens what a gateway keeps, for itself alone, and settles what the last one left.
 * @param secret one that the configuration names
 * @param ledgerKeys path of the keys that sign the ledger; they are made where they aren't there
 * @param rebuild rows of sessions that the store lacks, whether or not it looks older than the ledger
 * @throws {HoopError} GATEWAY_RUNNING, STORE_FAILED, RECORDING_FAILED, LEDGER_FAILED, LEDGER_DAMAGED, FILE_UNREADABLE, CONFIG_INVALID
 */
export const openState = async (
  gateway: StoreSection & Pick<GatewayConfig, 'recordings' | 'ledger' | 'url'>,
  secret: (spec: SecretSpec) => Secret,
  webhooks: Pick<Webhooks, 'emit'>,
  metrics: Pick<GatewayMetrics, 'queried' | 'ledger'>,
  log: Logger,
  version: string,
  ledgerKeys: string,
  rebuild = false,
): Promise<State> => {
  await using stack = new AsyncDisposableStack()
  const recordings = pathIn(gateway.recordings)
  const folder = ledgerFolder(gateway)
  const ofRecordings = stack.use(lockRecordings(recordings))
  const ofLedger = stack.use(lockLedger(folder))
  const kept = stack.use(
    await openKept(storePlace(gateway, secret), {
      ...{ recordings, log, version, queried: (...query) => metrics.queried(...query) },
    }),
  )
  const { store } = kept
  const files = stack.use(
    await HeldFiles.of([
      { path: ofRecordings.path, code: 'RECORDING_FAILED' },
      ...kept.files.map((path) => ({ path, code: 'STORE_FAILED' as const })),
      { path: ofLedger.path, code: 'LEDGER_FAILED' },
    ]),
  )
  const { host } = new URL(gateway.url)
  await ensureLedgerKeys(ledgerKeys, host)
  const seals = new StoreSeals(await loadLedgerKeys(ledgerKeys))
  const held = {
    lost: Promise.race([files.lost, kept.lost]),
    assert: async () => {
      kept.assert()
      await files.assert()
    },
  }
  const index = new StoredSessionIndex(store, {
    seals,
    failed: (err) => log.error({ err }, 'counters of live sessions were not written'),
  })
  stack.defer(() => index.close())
  await recover(recordings, store, index, log)
  const { copies, witnesses } = gateway.ledger
  const ledgers = stack.use(
    await openLedger({
      ...{ folder, copies, witnesses, version, recordings, store, seals, log, metrics },
      ...{ keys: ledgerKeys, rebuild, tell: (event) => webhooks.emit(event) },
    }),
  )
  const usageRecords = new UsageRecords(store)
  const usage = stack.use(
    await Usage.open({
      store: usageRecords,
      watch: unusualEgress({ history: (...of) => usageRecords.rowsByDay(...of), webhooks, log }),
      failed: (err) => log.error({ err }, 'what people have used of their budgets was not written'),
    }),
  )
  const statements = stack.use(await StatementIndex.open({ path: kept.statements, recordings, store, log }))
  const owned = stack.move()
  return {
    store,
    index,
    usage,
    statements,
    ledgers,
    recordings,
    held,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
