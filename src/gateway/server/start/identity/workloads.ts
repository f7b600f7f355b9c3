import type { Logger } from 'pino'
import { IdpKeys } from '../../../../identity/provider/idp-keys.js'
import type { StrangeKey, TokenOwners } from '../../../../identity/presented.js'
import type { SigningKeys } from '../../../../identity/keys.js'
import type { TokenKind } from '../../../../identity/authenticator.js'
import { exchangeToken, type Exchanged, type ExchangeRequest } from '../../../../identity/workloads/exchange.js'
import { workloadTokens } from '../../../../identity/workloads/token.js'
import type { WorkloadTrust } from '../../../../identity/workloads/trust.js'
import { asHoopError } from '../../../../lib/errors.js'
import { contentHash } from '../../../../policy/config/canonical.js'
import type { IdentityConfig } from '../../../../policy/config/schema.js'
import type { GatewayMetrics } from '../../../metrics/gateway-metrics.js'
import type { Webhooks } from '../../../webhooks/webhooks.js'

export interface WorkloadsOptions {
  /** The configuration in force now. */
  readonly config: () => IdentityConfig
  readonly gateway: () => string
  readonly keys: () => SigningKeys
  readonly owners: TokenOwners
  readonly metrics: Pick<GatewayMetrics, 'exchanges'>
  readonly log: Logger
}

export interface Workloads {
  /** The gateway's own tokens. */
  readonly tokens: TokenKind
  /** @throws {HoopError} as exchangeToken */
  exchange(request: ExchangeRequest): Promise<Exchanged>
}

/** Programs that prove who they are by a token of their platform, under the trusts of the configuration in force. */
export const createWorkloads = ({ config, gateway, keys, owners, metrics, log }: WorkloadsOptions): Workloads => {
  let read: { readonly of: IdentityConfig['workloads']; readonly trusts: readonly WorkloadTrust[] } | undefined
  let sets = new Map<string, IdpKeys>()

  const trusts = (): readonly WorkloadTrust[] => {
    const { workloads } = config()
    if (read?.of === workloads) return read.trusts
    const made = Object.entries(workloads).map(([name, trust]) => ({ name, ...trust, digest: contentHash(trust) }))
    // Key sets that are still wanted stay: their issuers needn't be asked again.
    sets = new Map(made.map((trust) => [keyOf(trust), sets.get(keyOf(trust)) ?? new IdpKeys(trust)]))
    read = { of: workloads, trusts: made }
    return made
  }

  const tell = (outcome: Exchanged | Error): void => {
    if (outcome instanceof Error) {
      const { code, cause } = asHoopError(outcome)
      metrics.exchanges.add({ outcome: code })
      return log.warn({ code, why: cause instanceof Error ? cause.message : undefined }, 'a token was not exchanged')
    }
    const { subject, name, workload } = outcome.identity
    metrics.exchanges.add({ outcome: 'issued' })
    log.info({ subject, name, ...workload, seconds: outcome.expiresIn }, 'workload token issued')
  }

  return {
    tokens: workloadTokens({ gateway, keys, trust: (name) => trusts().find((one) => one.name === name) }),
    exchange: async (request) => {
      const lifetime = () => config().grant.ttl
      const keysOf = (trust: WorkloadTrust) => sets.get(keyOf(trust)) ?? new IdpKeys(trust)
      try {
        const done = await exchangeToken(request, { gateway, keys, owners, trusts, keysOf, lifetime })
        tell(done)
        return done
      } catch (error) {
        tell(error as Error)
        throw error
      }
    },
  }
}

const keyOf = ({ issuer, jwks = '' }: Pick<WorkloadTrust, 'issuer' | 'jwks'>): string => `${issuer} ${jwks}`

/** Says that a token came with another key than its own: at once, and to whoever listens once for each token. */
export const strangeKeyAlert =
  (log: Logger, metrics: Pick<GatewayMetrics, 'strangeKeys'>, webhooks: Pick<Webhooks, 'emit'>) =>
  ({ identity: { subject, name, issuer }, jkt, isFirst }: StrangeKey): void => {
    metrics.strangeKeys++
    log.warn({ subject, name, issuer, jkt }, 'a token was presented by another key than the one it belongs to')
    if (!isFirst) return
    webhooks.emit({
      event: 'alert',
      text: `A token of ${name} was presented by another key than the one it belongs to: it may be stolen.`,
      fields: { person: subject, issuer },
    })
  }
