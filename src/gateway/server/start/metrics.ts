import type { Logger } from 'pino'
import { parseAddress } from '../../host/listen.js'
import { watchEventLoop } from '../../metrics/event-loop.js'
import { createExposition } from '../../metrics/exposition.js'
import type { GatewayMetrics } from '../../metrics/gateway-metrics.js'
import { hostFacts, type HostFactsOptions } from '../../metrics/host-facts.js'
import { listenForMetrics } from '../../metrics/listener.js'
import type { Quarantine } from '../../quarantine/quarantine.js'
import type { LoginWatch } from '../../upstream/login-watch.js'
import type { CertificateInForce } from './certificate.js'
import type { Configuration } from './configuration/configuration.js'
import type { Served } from './serve.js'

export interface GiveOutOptions {
  readonly version: string
  readonly log: Logger
  readonly metrics: GatewayMetrics
  readonly served: Pick<Served, 'facts'>
  readonly quarantine: Pick<Quarantine, 'all'>
  readonly configuration: Configuration
  readonly certificate: CertificateInForce
  readonly logins: Pick<LoginWatch, 'counts'>
  readonly keys: HostFactsOptions['keys']
}

/**
 * Gives out the metrics where the configuration says so.
 * @throws {HoopError} PORT_IN_USE, CONFIG_INVALID
 */
export const giveOutMetrics = async (options: GiveOutOptions): Promise<AsyncDisposable> => {
  const { version, log, metrics, served, quarantine, configuration, certificate, logins, keys } = options
  await using stack = new AsyncDisposableStack()
  // A change of it takes a restart, like everything under gateway.
  const { gateway } = configuration.current.config
  if (!gateway.metrics) return stack.move()
  const config = () => configuration.current.config
  const exposition = createExposition(
    {
      ...{ version, metrics, ...served.facts },
      connections: () => Object.keys(config().connections),
      sessionsLimit: () => gateway.limits.sessions,
      quarantined: () => quarantine.all,
      directLogins: () => logins.counts,
      host: hostFacts({
        ...{ config, keys },
        secret: (spec) => configuration.current.secret(spec).read(),
        until: () => certificate.current.facts.until,
      }),
    },
    (metric, err) => log.warn({ err, metric }, 'a metric could not be read'),
  )
  stack.use(watchEventLoop(metrics.eventLoop))
  const address = parseAddress(gateway.metrics.listen)
  stack.use(await listenForMetrics({ address, limits: gateway.limits.http, exposition, log }))
  return stack.move()
}
