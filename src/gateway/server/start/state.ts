import type { Logger } from 'pino'
import type { GatewayConfig } from '../../../policy/config/schema.js'
import { openStore, type Store } from '../../../store/open.js'
import { StoredSessionIndex } from '../../../store/sessions/session-index.js'
import { UsageRecords } from '../../../store/usage.js'
import { unusualEgress } from '../../budgets/alerts.js'
import { Usage } from '../../budgets/usage.js'
import type { Webhooks } from '../../webhooks/webhooks.js'
import { pathIn } from '../../host/layout.js'
import { lockFolder } from '../../host/lock.js'
import { recover } from './recover.js'

export interface State extends AsyncDisposable {
  readonly store: Store
  readonly index: StoredSessionIndex
  readonly usage: Usage
  /** Folder of recordings. */
  readonly recordings: string
}

/**
 * Opens what a gateway keeps, for itself alone, and settles what the last one left.
 * @throws {HoopError} GATEWAY_RUNNING, STORE_FAILED, RECORDING_FAILED
 */
export const openState = async (
  gateway: Pick<GatewayConfig, 'store' | 'recordings'>,
  webhooks: Pick<Webhooks, 'emit'>,
  log: Logger,
): Promise<State> => {
  await using stack = new AsyncDisposableStack()
  const recordings = pathIn(gateway.recordings)
  stack.use(lockFolder(recordings))
  const store = stack.use(await openStore(gateway.store))
  const index = new StoredSessionIndex(store, {
    failed: (err) => log.error({ err }, 'counters of live sessions were not written'),
  })
  stack.defer(() => index.close())
  await recover(recordings, store, index, log)
  const usageRecords = new UsageRecords(store)
  const usage = stack.use(
    await Usage.open({
      store: usageRecords,
      watch: unusualEgress({ history: (...of) => usageRecords.rowsByDay(...of), webhooks, log }),
      failed: (err) => log.error({ err }, 'what people have used of their budgets was not written'),
    }),
  )
  const owned = stack.move()
  return { store, index, usage, recordings, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
