import type { Logger } from 'pino'
import type { SigningKeys } from '../../../identity/keys.js'
import type { Accesses } from '../../access/accesses.js'
import type { WriteAudit } from '../../access/audit-log.js'
import type { Address } from '../../host/listen.js'
import type { GatewayMetrics } from '../../metrics/gateway-metrics.js'
import type { Quarantine } from '../../quarantine/quarantine.js'
import type { QuotaLimits } from '../../session/quota.js'
import type { Runtimes } from '../../session/runtimes.js'
import type { Webhooks } from '../../webhooks/webhooks.js'
import type { CertificateInForce } from './certificate.js'
import type { Configuration } from './configuration/configuration.js'
import type { State } from './state.js'

/** What a gateway is served with. */
export interface ServeOptions {
  readonly version: string
  readonly log: Logger
  readonly configuration: Configuration
  readonly runtimes: () => Runtimes
  readonly quarantine: Quarantine
  /** In force now. */
  readonly signingKeys: () => SigningKeys
  readonly certificate: CertificateInForce
  readonly state: State
  readonly audit: WriteAudit
  readonly accesses: Accesses
  readonly webhooks: Pick<Webhooks, 'emit'>
  readonly metrics: GatewayMetrics
  readonly limits: () => QuotaLimits
  /** How many secrets could not be read anew, so that the value before is used. */
  readonly staleSecrets: () => number
  readonly address: Address
}
