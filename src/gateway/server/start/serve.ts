import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import { openRecording } from '../../../recording/open.js'
import { MemoryBudget } from '../../../wire/cutter.js'
import type { SessionServices } from '../../session/services.js'
import type { SessionRegistry } from '../../session/registry.js'
import type { Arrival } from '../../link/arrival.js'
import { KeptStreams } from '../../link/kept.js'
import { Links } from '../../link/links.js'
import { acceptStream } from '../../link/stream.js'
import { upgradeArrival } from '../../link/upgrade.js'
import type { Sources } from '../../metrics/readings.js'
import { readiness } from '../http/readiness.js'
import { onHttp2 } from '../http/server.js'
import { openAccess } from './access.js'
import { apiLedger } from './api-ledger.js'
import { createApi } from './api.js'
import { Keeping } from '../../retention/keeping.js'
import { createDoor } from '../admission/door.js'
import { webDeps } from './identity/web.js'
import { listen } from '../../host/listen.js'
import { ownAddress } from './own-address.js'
import { assertSpace } from '../../host/space.js'
import { scimSecret } from './secrets.js'
import type { ServeOptions } from './serve-options.js'
import { onUpgrade } from './upgrade.js'

export interface Served extends AsyncDisposable {
  readonly registry: SessionRegistry
  /** Asks agents to open no more streams here. */
  drain(): void
  /** Ends the sessions of those who have lost their access. */
  review(): void
  /** Groups may be named by another from now on. */
  regroup(): Promise<void>
  readonly url: string
  readonly server: Server
  /** What the metrics show of what is served. */
  readonly facts: Pick<Sources, 'connectionsWaiting' | 'approvalsWaiting' | 'ready'>
}

/** How long requests in flight get at the end, milliseconds. */
const lastRequests = 1000

/**
 * Listens, and answers the API and streams on one port.
 * @throws {HoopError} PORT_IN_USE, CONFIG_INVALID
 */
export const serve = async (options: ServeOptions): Promise<Served> => {
  const { version, log, configuration, runtimes, certificate, state, metrics, audit: write } = options
  const { store, index, usage, statements, recordings, held, ledgers } = state
  const { gateway } = configuration.current.config
  const own = ownAddress(gateway.url, options.address)
  const access = await openAccess(options, own)
  const { admitted, approvals, asking, control, denied, grants, identity, leaving, lost, reconsidering, registry } =
    access
  const { scim, tokenControl, tokens, view, webSessions } = access
  const door = createDoor(gateway, metrics, log)
  const { rates, address, doorway } = door
  const ready = readiness({
    ...{ log, quarantine: options.quarantine, draining: () => registry.draining },
    staleSecrets: options.staleSecrets,
    checks: {
      store: () => store.writable(),
      identity: () => identity.ready(),
      recordings: () => assertSpace(recordings),
    },
  })
  const keeping = new Keeping({
    ...{ store, ledgers, recordings, write, statements, log, metrics },
    limits: gateway.retention,
  })
  const app = createApi({
    ...{
      version,
      log,
      store,
      registry,
      recordings,
      statements,
      approvals,
      grants,
      denied,
      control,
      lost,
      usage,
      asking,
    },
    regrouped: (subject) => reconsidering.of(subject),
    ledger: apiLedger(ledgers, store, recordings, keeping.taken),
    ...{ holds: keeping.holds, erasing: keeping.erasing },
    ...{ rates, address, limits: gateway.limits.http, tokens: tokenControl },
    tls: certificate.current.context,
    ...{ config: view, quarantine: options.quarantine, ready },
    logout: async (token) => access.endLogin(await identity.logout(token)),
    refused: (subject) => leaving.refused(subject),
    principal: async (request) => admitted(await identity.principal(request)),
    admit: admitted,
    web: webDeps({ configuration, identity, url: () => own.url, admit: admitted, sessions: webSessions }),
    ...{ scim, url: () => own.url },
    scimSecret: () => scimSecret(configuration),
    exchange: async (wanted, request) => {
      const exchanged = await identity.exchange(wanted, request)
      denied.admit(exchanged.identity)
      return exchanged
    },
  })
  const services: SessionServices = {
    ...{ index, usage, version, log, limits: gateway.limits, webhooks: options.webhooks, approvals, metrics },
    authenticate: async (request) => {
      const grant = await identity.grant(request)
      // A service token's owner may have lost since what the grant says.
      return { ...grant, principal: await admitted(tokens.kind.current(grant.principal, request)) }
    },
    runtime: async (grant) => runtimes().runtime(grant),
    openRecording: async (start) => {
      await held.assert()
      const recorder = await openRecording(recordings, start, metrics)
      return statements.follow(await ledgers.sessions.begin(recorder, start), start)
    },
  }
  const shared = { services, registry, budget: new MemoryBudget(gateway.limits.buffered) }
  const kept = new KeptStreams()
  const arrived = (arrival: Arrival): void => void acceptStream(shared, { rates, kept }, arrival)
  const { http, link: silence } = gateway.limits
  const links = new Links({ door, http, silence, limits: options.limits, services, metrics, arrived })
  const { server } = app
  doorway.guard(server)
  onHttp2(server, (socket) => links.take(socket))
  server.on(
    'upgrade',
    onUpgrade((request, socket, head) => arrived(upgradeArrival({ door, metrics }, request, socket as Socket, head))),
  )
  // Whoever speaks something else to this port harms nobody, and is no news.
  server.on('tlsClientError', (err, socket) => log.debug({ err, address: socket.remoteAddress }, 'no TLS handshake'))
  await app.ready()
  keeping.retention.begin()
  own.listening(await listen(server, options.address))
  return {
    url: own.url,
    registry,
    drain: () => links.drain(),
    review: access.review,
    regroup: () => scim.regroup(),
    server,
    facts: {
      connectionsWaiting: () => doorway.size,
      approvalsWaiting: () => approvals.waiting,
      ready,
    },
    [Symbol.asyncDispose]: async () => {
      links.close()
      access.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const timer = setTimeout(() => server.closeAllConnections(), lastRequests).unref()
      server.closeIdleConnections()
      await closed
      clearTimeout(timer)
      await app.close()
      await keeping[Symbol.asyncDispose]()
      await approvals[Symbol.asyncDispose]()
    },
  }
}
