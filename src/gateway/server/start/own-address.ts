import type { CertificateFacts } from '../../host/inspect.js'
import { hostOf } from '../../host/inspect.js'
import type { Address } from '../../host/listen.js'

export interface OwnAddress {
  /** As clients use it, without a last slash. */
  readonly url: string
  readonly wanted: Address
  /** Told once the port is known. */
  listening(address: Address): void
  /** Whether a Host header names this gateway: the port it listens on, under a name that its certificate covers. */
  isOwn(host: string, certificate: Pick<CertificateFacts, 'covers'>): boolean
}

/** What this gateway is called. Where the system chose the port, the configured URL gets it. */
export const ownAddress = (configured: string, wanted: Address): OwnAddress => {
  let url = configured.replace(/\/$/, '')
  let { port } = wanted
  return {
    get url() {
      return url
    },
    wanted,
    listening: (address) => {
      port = address.port
      if (wanted.port !== 0) return
      const actual = new URL(url)
      actual.port = String(port)
      url = actual.href.replace(/\/$/, '')
    },
    isOwn: (host, certificate) => {
      const named = URL.parse(`https://${host}`)
      return named !== null && Number(named.port || 443) === port && certificate.covers(hostOf(named))
    },
  }
}
