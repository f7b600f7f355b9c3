import type { Logger } from 'pino'
import type { GatewayConfig } from '../../../policy/config/schema.js'
import type { GatewayMetrics } from '../../metrics/gateway-metrics.js'
import { addressReader, type AddressOf } from './client-address.js'
import { Doorway } from './doorway.js'
import { within } from './network.js'
import { RateLimits } from './rate-limits.js'

/** What stands between the network and everything else. */
export interface Door {
  readonly rates: RateLimits
  readonly address: AddressOf
  readonly doorway: Doorway
}

/** Milliseconds between two lines on people who were turned away: there can be very many of them. */
const quiet = 10_000

export const createDoor = (
  gateway: Pick<GatewayConfig, 'limits' | 'trusted_proxies'>,
  metrics: Pick<GatewayMetrics, 'refusedConnections'>,
  log: Logger,
): Door => {
  const { http, rates } = gateway.limits
  const isProxy = within(gateway.trusted_proxies)
  let unsaid = 0
  let saidAt = -Infinity
  return {
    rates: new RateLimits(rates),
    address: addressReader(isProxy),
    doorway: new Doorway({
      limits: http,
      isProxy,
      refused: (address, because) => {
        unsaid++
        metrics.refusedConnections.add({ limit: because })
        if (performance.now() - saidAt < quiet) return
        log.warn({ address, limit: `gateway.limits.http.${because}`, refused: unsaid }, 'connections were turned away')
        unsaid = 0
        saidAt = performance.now()
      },
    }),
  }
}
