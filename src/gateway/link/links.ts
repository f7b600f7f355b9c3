import type { TLSSocket } from 'node:tls'
import { accountOf } from '../../identity/account.js'
import type { SignedRequest } from '../../identity/authenticator.js'
import type { HttpLimits } from '../../policy/config/sections/http-limits.js'
import type { GatewayMetrics } from '../metrics/gateway-metrics.js'
import type { Door } from '../server/admission/door.js'
import type { QuotaLimits } from '../session/quota.js'
import { SessionQuota } from '../session/quota.js'
import type { SessionServices } from '../session/services.js'
import type { Arrival } from './arrival.js'
import { Link, type Opened } from './link.js'

export interface LinksOptions {
  readonly door: Door
  readonly http: HttpLimits
  /** Milliseconds without a word after which a link is broken. */
  readonly silence: number
  /** As many links as sessions: in the worst case each has one. */
  readonly limits: () => QuotaLimits
  readonly services: Pick<SessionServices, 'authenticate' | 'log'>
  readonly metrics: GatewayMetrics
  readonly arrived: (arrival: Arrival) => void
}

/** The links of one gateway. */
export class Links {
  readonly #options: LinksOptions
  readonly #links = new Set<Link>()
  readonly #quota: SessionQuota

  constructor(options: LinksOptions) {
    this.#options = options
    this.#quota = new SessionQuota(options.limits)
  }

  /** Takes a TLS connection whose ALPN chose HTTP/2. */
  take(socket: TLSSocket): void {
    const { http, silence, door, metrics, services, arrived } = this.#options
    const link = new Link(socket, {
      ...{ silence, arrived, address: door.address },
      patience: http.headers,
      headerSize: http.header_size,
      open: (request, address) => this.#open(request, address, socket),
      answered: (milliseconds) => metrics.pinged(milliseconds),
      closed: (lost) => {
        this.#links.delete(link)
        if (!lost) return
        metrics.linksLost++
        services.log.info({ address: socket.remoteAddress }, 'link lost')
      },
    })
    this.#links.add(link)
  }

  /** Agents take their next streams elsewhere, where there is one. */
  drain(): void {
    for (const link of this.#links) link.drain()
  }

  close(): void {
    for (const link of this.#links) link.close()
  }

  async #open(request: SignedRequest, address: string | undefined, socket: TLSSocket): Promise<Opened> {
    const { services, metrics, door } = this.#options
    const grant = await door.rates.login(address, () => services.authenticate(request))
    const { subject } = grant.principal
    const account = accountOf(grant.principal)
    door.rates.person('login', account)
    const room = new DisposableStack()
    room.use(this.#quota.take({ subject: account, connection: '' }))
    room.defer(metrics.linkOpened())
    door.doorway.passed(socket)
    services.log.debug({ subject, address }, 'link opened')
    return { grant, room }
  }
}
