import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { loadConfig } from '../../../policy/config/load.js'
import type { SecretSpec } from '../../../policy/config/sections/secret.js'
import { layout } from '../../host/layout.js'
import { notRebuilt } from '../../ledger/restored.js'
import type { Rebuilt } from '../../ledger/lost/rebuild.js'
import { GatewayMetrics } from '../../metrics/gateway-metrics.js'
import { openState } from './state.js'

export interface RecoverStoreOptions {
  /** Path of `hoop.yaml`. */
  readonly config: string
  readonly version: string
  readonly log: Logger
  readonly env?: NodeJS.ProcessEnv
}

export interface RecoveredStore extends Rebuilt {
  /** What is gone for good where the store was lost. */
  readonly notRebuilt: readonly string[]
}

/**
 * Makes what can be made of a store that was lost or put back, without listening: what a start does, and then it stops. Nothing that is
 * there is overwritten.
 * @throws {HoopError} GATEWAY_RUNNING, CONFIG_*, STORE_FAILED, RECORDING_FAILED, LEDGER_FAILED, LEDGER_DAMAGED
 */
export const recoverStore = async ({ config, version, log, env }: RecoverStoreOptions): Promise<RecoveredStore> => {
  const loaded = await loadConfig(config, env)
  const { gateway } = loaded.config
  const keys = join(dirname(config), layout.ledgerKeys)
  const nobody = { emit: () => undefined }
  const secret = (spec: SecretSpec) => loaded.secret(spec)
  await using state = await openState(gateway, secret, nobody, new GatewayMetrics(), log, version, keys, true)
  await state.statements.settled()
  return { sessions: 0, fromLedger: 0, leftOut: [], ...state.ledgers.rebuilt, notRebuilt }
}
