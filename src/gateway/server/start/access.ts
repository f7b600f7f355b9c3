import { DenyList } from '../../../identity/deny-list.js'
import { grantService } from '../../../identity/grant-service.js'
import { Logouts } from '../../../identity/logouts.js'
import type { Principal } from '../../../identity/types.js'
import { WebSessions } from '../../../identity/web/sessions.js'
import { forClients } from '../../../lib/readers.js'
import { grantRecords } from '../../../store/grants.js'
import { subjectsOfSession } from '../../../store/people/logouts.js'
import { Asking } from '../../access/asking.js'
import { Control } from '../../access/control.js'
import { isTimed, lostAccess, shutOut } from '../../access/denial.js'
import { Leaving } from '../../access/leaving.js'
import { endLogins, loggedOut } from '../../access/logout.js'
import { Reconsidering } from '../../access/reconsidering.js'
import { ownedTokens } from '../../access/tokens/owned.js'
import { TokenClock } from '../../access/tokens/token-clock.js'
import { TokenControl } from '../../access/tokens/token-control.js'
import type { AccessView } from '../../access/view.js'
import { Approvals } from '../../approvals/approvals.js'
import { Scim } from '../../scim/scim.js'
import { scimSettings } from '../../scim/shared.js'
import { type SessionName, SessionRegistry } from '../../session/registry.js'
import { holdingsOf } from './identity/holdings.js'
import { createIdentity } from './identity/identity.js'
import { openTokens } from './identity/service-tokens.js'
import type { ownAddress } from './own-address.js'
import type { ServeOptions } from './serve-options.js'

/**
 * Who may what, and who no longer: identity, grants, tokens, approvals, the directory, and the sessions that go by them.
 * @param own where clients reach this gateway
 * @throws {HoopError} STORE_FAILED
 */
export const openAccess = async (options: ServeOptions, own: ReturnType<typeof ownAddress>) => {
  const { log, configuration, runtimes, certificate, state, metrics, accesses, audit: write } = options
  const { store, ledgers } = state
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
  const view = (): AccessView => runtimes().view
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
  const endLogin = endLogins({ logouts, registry, write, leave: (logout) => leaving.loggedOut(logout) })
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
  return {
    ...{ admitted, approvals, asking, control, denied, endLogin, grants, identity, leaving, lost, reconsidering },
    ...{ registry, review, scim, tokenControl, tokens, view, webSessions },
    /** Looks at no clock any more. */
    stop: (): void => {
      clock[Symbol.dispose]()
      clearInterval(timed)
    },
  }
}
