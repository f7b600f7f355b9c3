import { HoopError } from '../../lib/errors.js'
import type { GatewayConfig } from '../../policy/config/schema.js'
import { hostOf } from '../../gateway/host/inspect.js'
import { expiryConcern, loadServerCertificate } from '../../gateway/host/server-certificate.js'
import { type CheckResult, step } from './step.js'

const renewal = 'Replace the files under gateway.tls; a running gateway takes them up by itself.'

/** The certificate and its key, its dates, and whether clients will find the gateway's name in it. */
export async function* checkCertificate({ tls, url }: GatewayConfig): AsyncGenerator<CheckResult> {
  let loaded: ReturnType<typeof loadServerCertificate> | undefined
  yield await step('certificate and key', () => {
    loaded = loadServerCertificate(tls)
    return 'they belong together'
  })
  if (!loaded) return
  const { facts } = loaded
  yield await step('certificate dates', () => {
    const concern = expiryConcern(facts)
    if (concern?.expired) throw new HoopError('GATEWAY_CERTIFICATE_EXPIRED', concern.what, { hint: renewal })
    return concern ? { warning: concern.what, hint: renewal } : `valid until ${facts.until.toISOString().slice(0, 10)}`
  })
  yield await step('certificate names', () => {
    const host = hostOf(url)
    if (facts.covers(host)) return `it covers ${host}`
    throw new HoopError('GATEWAY_UNTRUSTED', `it covers ${facts.names.join(', ') || 'no name'}, and not ${host}`, {
      hint: 'Use a certificate for the host in gateway.url, or correct gateway.url.',
    })
  })
}
