import { createServer } from 'node:net'
import { HoopError } from '../../lib/errors.js'
import { fetchJson } from '../../identity/provider/fetch-json.js'
import { IdpKeys } from '../../identity/provider/idp-keys.js'
import type { GatewayConfig, IdentityConfig } from '../../policy/config/schema.js'
import { listen, parseAddress } from '../../gateway/host/listen.js'
import { isLocked } from '../../gateway/host/lock.js'
import { pathIn } from '../../gateway/host/layout.js'
import { type CheckResult, type Finding, step } from './step.js'

const patience = 5_000

/** Listens for a moment. The gateway that runs on this configuration may have the address. */
export const checkListen = (gateway: GatewayConfig): Promise<CheckResult> =>
  listening(gateway, 'listen address', gateway.listen)

/** The same for the metrics, where they are given out. */
export async function* checkMetrics(gateway: GatewayConfig): AsyncGenerator<CheckResult> {
  if (gateway.metrics)
    yield await listening(gateway, 'metrics address', gateway.metrics.listen, 'gateway.metrics.listen')
}

const listening = (gateway: GatewayConfig, name: string, address: string, setting?: string): Promise<CheckResult> =>
  step(name, async (): Promise<Finding> => {
    const server = createServer()
    try {
      await listen(server, parseAddress(address), setting)
      return `${address} is free`
    } catch (error) {
      const running = error instanceof HoopError && error.code === 'PORT_IN_USE' && isLocked(pathIn(gateway.recordings))
      if (running) return `${address} is in use, as it should be: the gateway is running`
      throw error
    } finally {
      server.close()
    }
  })

/** Discovery, the device flow's endpoint, and the keys. */
export const checkIssuer = ({ issuer }: IdentityConfig): Promise<CheckResult> =>
  step('identity provider', async () => {
    const began = performance.now()
    await new IdpKeys({ issuer, timeout: patience }).current()
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
    const discovery = await fetchJson(address, { timeout: patience })
    if (typeof discovery['device_authorization_endpoint'] !== 'string')
      throw new HoopError('IDP_UNREACHABLE', `${issuer} offers no device login (RFC 8628)`, {
        hint: 'Turn on the device authorization grant for this client at the identity provider.',
      })
    return `${issuer} answers with its keys, ${Math.round(performance.now() - began)} ms`
  })

/** Each trust's issuer: discovery where its keys are found by that, and the keys. */
export async function* checkWorkloads({ workloads }: IdentityConfig): AsyncGenerator<CheckResult> {
  for (const [name, { issuer, jwks }] of Object.entries(workloads))
    yield await step(`workloads ${name}`, async () => {
      const began = performance.now()
      const keys = await new IdpKeys({ issuer, jwks, timeout: patience }).current()
      const count = keys.jwks().keys.length
      if (count === 0)
        return {
          warning: `${issuer} has no keys`,
          hint: 'No token of it can be checked: look at what stands under jwks, or ask whoever runs the issuer.',
        }
      const from = jwks === undefined ? 'found by discovery' : `from ${jwks.startsWith('file:') ? 'a file' : jwks}`
      return `${issuer}: ${count} ${count === 1 ? 'key' : 'keys'}, ${from}, ${Math.round(performance.now() - began)} ms`
    })
}
