import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import { DenyList } from '../../../identity/deny-list.js'
import { grantService } from '../../../identity/grant-service.js'
import { WebSessions } from '../../../identity/web/sessions.js'
import { Logouts } from '../../../identity/logouts.js'
import type { Principal } from '../../../identity/types.js'
import type { SigningKeys } from '../../../identity/keys.js'
import { openRecording } from '../../../recording/open.js'
import { grantRecords } from '../../../store/grants.js'
import { subjectsOfSession } from '../../../store/people/logouts.js'
import { MemoryBudget } from '../../../wire/cutter.js'
import type { Quarantine } from '../../quarantine/quarantine.js'
import type { Runtimes } from '../../session/runtimes.js'
import type { SessionServices } from '../../session/services.js'
import { Approvals } from '../../approvals/approvals.js'
import type { WriteAudit } from '../../access/audit-log.js'
import { Asking } from '../../access/asking.js'
import type { Accesses } from '../../access/accesses.js'
import { Control } from '../../access/control.js'
import type { QuotaLimits } from '../../session/quota.js'
import { isTimed, lostAccess, shutOut } from '../../access/denial.js'
import { endLogins, loggedOut } from '../../access/logout.js'
import { Leaving } from '../../access/leaving.js'
import { Reconsidering } from '../../access/reconsidering.js'
import { Scim } from '../../scim/scim.js'
import { scimSettings } from '../../scim/shared.js'
import { type SessionName, SessionRegistry } from '../../session/registry.js'
import type { Arrival } from '../../link/arrival.js'
import { KeptStreams } from '../../link/kept.js'
import { Links } from '../../link/links.js'
import { acceptStream } from '../../link/stream.js'
import { upgradeArrival } from '../../link/upgrade.js'
import type { GatewayMetrics } from '../../metrics/gateway-metrics.js'
import type { Webhooks } from '../../webhooks/webhooks.js'
import type { Sources } from '../../metrics/readings.js'
import { readiness } from '../http/readiness.js'
import { onHttp2 } from '../http/server.js'
import { forClients } from '../../../lib/readers.js'
import { apiLedger } from './api-ledger.js'
import { createApi } from './api.js'
import type { CertificateInForce } from './certificate.js'
import type { Configuration } from './configuration/configuration.js'
import { Keeping } from '../../retention/keeping.js'
import { createDoor } from '../admission/door.js'
import { holdingsOf } from './identity/holdings.js'
import { webDeps } from './identity/web.js'
import { createIdentity } from './identity/identity.js'
import { openTokens } from './identity/service-tokens.js'
import { ownedTokens } from '../../access/tokens/owned.js'
import { TokenClock } from '../../access/tokens/token-clock.js'
import { TokenControl } from '../../access/tokens/token-control.js'
import { type Address, listen } from '../../host/listen.js'
import { ownAddress } from './own-address.js'
import { assertSpace } from '../../host/space.js'
import { scimSecret } from './secrets.js'
import type { State } from './state.js'
import { onUpgrade } from './upgrade.js'

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
  const { version, log, configuration, runtimes, certificate, state, metrics, accesses, audit: write } = options
  const { store, index, usage, statements, recordings, held, ledgers } = state
  const { gateway } = configuration.current.config
  const own = ownAddress(gateway.url, options.address)
  const denied = await DenyList.open(store.db)
  const logouts = await Logouts.open(store.db)
  const grants = grantService({
    admit: (subject) => denied.assert(subject),
    gateway: () => own.url,
    keys: options.signingKeys,
    records: grantRecords(store.db),
    logins: logouts,
    lifetime: () => configuration.current.config.identity.grant.ttl,
  })
  const tokens = await openTokens(store.db, denied, log)
  const identity = createIdentity({
    tokens: [tokens.kind],
    ...{ grants, store, log, metrics, webhooks: options.webhooks },
    config: () => configuration.current.config.identity,
    signingKeys: options.signingKeys,
    gateway: () => own.url,
    isOwnHost: (host) => own.isOwn(host, certificate.current.facts),
  })
  const approvals = new Approvals({
    store,
    ...{ log, denied, metrics, write },
    url: () => own.url,
    listed: (person) => scim.listed(person),
    makerOf: (subject): string | undefined => tokenControl.makerOf(subject),
    webhooks: options.webhooks,
    settled: (record) => accesses.settled(record),
    entered: () => ledgers.acts.entered(),
  })
  await approvals.recover()
  const view = () => runtimes().view
  const lost = (session: SessionName) => scim.lost(session)
  const out = shutOut(denied, grants)
  const over = loggedOut(logouts)
  const shut = (session: SessionName) => out(session) ?? over(session) ?? lost(session)
  const registry = new SessionRegistry({ limits: options.limits, denied: shut })
  ledgers.ledger.whenFailed((error) => void registry.review(() => ({ error: forClients(error), end: 'failed' })))
  const webSessions = new WebSessions()
  const holdings = holdingsOf(store, approvals, accesses, ownedTokens(tokens.list, write), webSessions)
  const control = new Control({ registry, denied, grants, holdings, write })
  const leaving = new Leaving({
    ...{ control, denied, ends: () => configuration.current.config.identity.ends },
    subjectsOf: (sid) => subjectsOfSession(store.db, sid),
  })
  const asking = new Asking({ store, view, approvals, accesses, registry, write })
  const reconsidering = new Reconsidering(asking, approvals, log)
  const timed = setInterval(
    () => registry.review((session) => (isTimed(view(), session) ? lost(session) : undefined)),
    1000,
  )
  timed.unref()
  const endLogin = endLogins({ logouts, registry, write })
  const scim = await Scim.open({
    ...{ store, control, denied, write, registry, url: () => own.url },
    lost: lostAccess(view, tokens.kind),
    regrouped: () => reconsidering.all(),
    settings: () => scimSettings(configuration.current.config),
  })
  // What the directory says of an owner's groups holds for their tokens at once.
  tokens.owners.regroupBy((owner) => scim.grouped(owner))
  const review = (): void => void registry.review(lost)
  const clock = new TokenClock(tokens.list, review)
  const tokenControl = new TokenControl({
    ...{ db: store.db, denied, registry, control, approvals, write, review, view },
    ...{ list: tokens.list, owners: tokens.owners },
    limits: () => configuration.current.config.identity.tokens,
    changed: () => clock.look(),
  })
  const admitted = async <T extends Omit<Principal, 'jkt'>>(person: T): Promise<T> => {
    denied.admit(person)
    logouts.assert(person)
    return scim.admit(person)
  }
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
    logout: async (token) => {
      const logout = await identity.logout(token)
      // First what spends the token: a logout that is said again shuts nobody out who was let in since.
      await endLogin(logout)
      await leaving.loggedOut(logout)
    },
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
    review,
    regroup: () => scim.regroup(),
    server,
    facts: {
      connectionsWaiting: () => doorway.size,
      approvalsWaiting: () => approvals.waiting,
      ready,
    },
    [Symbol.asyncDispose]: async () => {
      links.close()
      clock[Symbol.dispose]()
      clearInterval(timed)
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
