import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { z } from 'zod'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request as send } from 'undici'
import { startIdp, type Idp } from '../../../../src/demo/idp.js'
import { Approvals } from '../../../../src/gateway/approvals/approvals.js'
import { readiness } from '../../../../src/gateway/server/http/readiness.js'
import { createApp } from '../../../../src/gateway/server/http/app.js'
import type { App } from '../../../../src/gateway/server/http/instance.js'
import type { AdministratorAct } from '../../../../src/lib/api/acts.js'
import { Accesses } from '../../../../src/gateway/access/accesses.js'
import { Asking } from '../../../../src/gateway/access/asking.js'
import { holdingsOf } from '../../../../src/gateway/server/start/identity/holdings.js'
import { auditLog, type WriteAudit } from '../../../../src/gateway/access/audit-log.js'
import { Holds } from '../../../../src/gateway/retention/holds.js'
import { Turns } from '../../../../src/gateway/retention/turns.js'
import { Control } from '../../../../src/gateway/access/control.js'
import { lostAccess, shutOut } from '../../../../src/gateway/access/denial.js'
import { Scim } from '../../../../src/gateway/scim/scim.js'
import type { ScimSettings } from '../../../../src/gateway/scim/shared.js'
import { type Ending, type SessionName, SessionRegistry } from '../../../../src/gateway/session/registry.js'
import { Leaving } from '../../../../src/gateway/access/leaving.js'
import { endLogins, loggedOut } from '../../../../src/gateway/access/logout.js'
import { DenyList } from '../../../../src/identity/deny-list.js'
import { verifyLogoutToken } from '../../../../src/identity/provider/logout-token.js'
import { WebSessions } from '../../../../src/identity/web/sessions.js'
import { WebSignIn } from '../../../../src/identity/web/sign-in.js'
import type { Identity } from '../../../../src/identity/principal.js'
import { redirectUri } from '../../../../src/gateway/server/start/identity/web.js'
import { subjectsOfSession } from '../../../../src/store/people/logouts.js'
import { Logouts } from '../../../../src/identity/logouts.js'
import { seePerson } from '../../../../src/store/people/people.js'
import { addressReader } from '../../../../src/gateway/server/admission/client-address.js'
import { within } from '../../../../src/gateway/server/admission/network.js'
import { RateLimits } from '../../../../src/gateway/server/admission/rate-limits.js'
import type { IdentityConfig } from '../../../../src/policy/config/schema.js'
import { httpLimits } from '../../../../src/policy/config/sections/http-limits.js'
import { rates } from '../../../../src/policy/config/sections/rates.js'
import { ownedTokens } from '../../../../src/gateway/access/tokens/owned.js'
import { TokenControl } from '../../../../src/gateway/access/tokens/token-control.js'
import { openTokens } from '../../../../src/gateway/server/start/identity/service-tokens.js'
import type { AccessView } from '../../../../src/gateway/access/view.js'
import type { Quarantined } from '../../../../src/gateway/quarantine/quarantine.js'
import type { HttpDeps } from '../../../../src/gateway/server/http/deps.js'
import { createAuthenticator, type Authenticator } from '../../../../src/identity/authenticator.js'
import { grantService } from '../../../../src/identity/grant-service.js'
import { isGrant } from '../../../../src/identity/grants.js'
import { verifyIdToken } from '../../../../src/identity/provider/id-token.js'
import { IdpKeys } from '../../../../src/identity/provider/idp-keys.js'
import { loadSigningKeys, writeSigningKeys } from '../../../../src/identity/keys.js'
import { ReplayGuard } from '../../../../src/identity/replay.js'
import type { Grant } from '../../../../src/identity/types.js'
import type { SessionCounters } from '../../../../src/lib/api.js'
import { HoopError } from '../../../../src/lib/errors.js'
import type { SessionEvent } from '../../../../src/recording/events.js'
import { grantRecords } from '../../../../src/store/grants.js'
import { openStore, type Store } from '../../../../src/store/open.js'
import { Usage } from '../../../../src/gateway/budgets/usage.js'
import { StoredSessionIndex } from '../../../../src/store/sessions/session-index.js'
import { makeCertificates } from '../../../helpers/certificates.js'
import { tempFolder } from '../../../helpers/temp.js'
import { newProver, type ProofChanges, type Prover } from '../../../identity/proofs.js'

/** Claims of the people of these tests. */
export const people = {
  ana: { sub: 'ana', email: 'ana@example.com', groups: ['ml-eng'] },
  ben: { sub: 'ben', email: 'ben@example.com', groups: ['contractors'] },
  ines: { sub: 'ines', email: 'ines@example.com', groups: ['security'] },
  olu: { sub: 'olu', email: 'olu@example.com', groups: ['platform'] },
  dora: { sub: 'dora', email: 'dora@example.com', groups: ['dpo', 'ml-eng'] },
  noor: { sub: 'noor', email: 'noor@example.com', groups: [] },
} as const

/** What the directory sends. */
export const scimSecret = 'the-directory-s-secret-of-48-characters-0123456789'

export type Person = keyof typeof people

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body as JSON. */
  readonly body: Record<string, unknown>
}

export interface AskOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  readonly body?: unknown
  readonly headers?: Record<string, string | undefined>
  /** Stand in for the right ones. */
  readonly token?: string
  readonly prover?: Prover
  readonly proof?: ProofChanges
}

export interface World extends AsyncDisposable {
  readonly denied: DenyList
  readonly app: App
  /** What the API is made of: for another one beside it. */
  readonly deps: HttpDeps
  readonly url: string
  readonly port: number
  readonly ca: Buffer
  readonly idp: Idp
  readonly store: Store
  readonly approvals: Approvals
  readonly index: StoredSessionIndex
  readonly authenticator: Authenticator
  readonly prover: Prover
  readonly logged: string[]
  readonly acts: readonly AdministratorAct[]
  /** What the ledger was told of reads. */
  readonly reads: Parameters<HttpDeps['ledger']['read']>[0][]
  readonly registry: SessionRegistry
  readonly live: Map<string, SessionCounters>
  readonly recordings: Map<string, readonly SessionEvent[] | (() => AsyncIterable<SessionEvent>)>
  readonly renewed: { chain: string; grant: Grant }[]
  readonly state: {
    view: AccessView
    draining: boolean
    /** The client by which people sign in with a browser. */
    web: { readonly clientId: string; readonly secret?: string; readonly life?: number } | undefined
    scim: ScimSettings | undefined
    ends: IdentityConfig['ends']
    failing: string | undefined
    quarantined: readonly Quarantined[]
  }
  /** A request as somebody, or as nobody. */
  ask(person: Person | undefined, path: string, options?: AskOptions): Promise<Answer>
}

const view = (idp: Pick<Idp, 'issuer' | 'clientId'>): AccessView => ({
  issuer: idp.issuer,
  clientId: idp.clientId,
  scopes: ['openid', 'email'],
  admins: ['platform'],
  auditors: ['security'],
  connections: {
    vectordb: {
      description: 'Documents and embeddings',
      databases: ['vectors', 'vectors_test'],
      user: 'gateway',
      access: [
        { groups: ['ml-eng'], policy: 'research' },
        { people: ['BEN@example.com'], policy: 'narrow' },
        { groups: ['contractors'], policy: 'research' },
      ],
    },
    payroll: { databases: ['payroll'], user: 'gateway', access: [{ people: ['olu'], policy: 'narrow' }] },
  },
  policies: {
    research: {
      clearFor: ['dpo'],
      masks: ['public.customers.email as email'],
      breakGlass: [],
      approvers: ['dba'],
      rules: ['no-drop: block drop'],
    },
    narrow: { clearFor: [], masks: [], breakGlass: [], approvers: ['dba'], rules: [] },
  },
})

/** As under `gateway` in hoop.yaml. */
export interface WorldOptions {
  readonly http?: z.input<typeof httpLimits>
  readonly rates?: z.input<typeof rates>
  readonly trustedProxies?: readonly string[]
}

/** The gateway's HTTP API over real TLS, with a real identity provider and store; only what runs sessions is replaced. */
export const startWorld = async (options: WorldOptions = {}): Promise<World> => {
  const folder = await tempFolder()
  const [idp, files, prover] = await Promise.all([startIdp(), makeCertificates(folder.path), newProver()])
  await writeSigningKeys(folder.file('signing.json'))
  const keys = await loadSigningKeys(folder.file('signing.json'))
  const store = await openStore(`sqlite:${folder.file('hoop.db')}`)
  const index = new StoredSessionIndex(store)
  const idpKeys = new IdpKeys({ issuer: idp.issuer, cooldown: 0 })
  const logged: string[] = []
  const state: World['state'] = {
    view: view(idp),
    draining: false,
    web: undefined,
    scim: undefined,
    ends: { logout: 'sessions', refused_refresh: 'sessions' },
    failing: undefined,
    quarantined: [],
  }
  let url = ''
  const records = grantRecords(store.db)
  const grants = grantService({ gateway: () => url, keys: () => keys, records, lifetime: () => 600_000 })
  const denied = await DenyList.open(store.db)
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const tokens = await openTokens(store.db, denied, log)
  const authenticator = createAuthenticator({
    tokens: [
      tokens.kind,
      {
        recognizes: (token) => !isGrant(token),
        verify: (token) => verifyIdToken(token, idpKeys, { ...state.view, claims: { groups: 'groups' } }),
      },
    ],
    verifyGrant: (token, jkt) => grants.verify(token, jkt),
    replay: new ReplayGuard(),
    gateway: () => url,
    isOwnHost: () => false,
  })
  const acts: AdministratorAct[] = []
  const live: World['live'] = new Map()
  const usage = new Usage({ store: { since: async () => [], put: async () => undefined }, failed: () => undefined })
  const recordings: World['recordings'] = new Map()
  const renewed: World['renewed'] = []
  const seen: Promise<void>[] = []
  const check = (name: string) => async () => {
    if (state.failing === name) throw new Error(`secret reason of ${name}`)
  }
  const kept = auditLog(pino({ level: 'silent' }), store)
  const write: WriteAudit = (act, within) => {
    acts.push(act)
    return kept(act, within)
  }
  const accesses = new Accesses(() => undefined)
  const approvals = new Approvals({
    settled: (record) => accesses.settled(record),
    write,
    ...{ store, denied, url: () => url, webhooks: { emit: () => undefined } },
    log: pino({ level: 'silent' }),
  })
  const lost = (session: SessionName): Ending | undefined => scim.lost(session)
  const logouts = await Logouts.open(store.db)
  const out = shutOut(denied, grants)
  const over = loggedOut(logouts)
  const registry = new SessionRegistry({
    limits: () => ({ sessions: 1000, sessions_per_person: 1000 }),
    denied: (session) => out(session) ?? over(session),
  })
  const webSessions = new WebSessions()
  const control = new Control({
    ...{ registry, denied, grants, write },
    holdings: holdingsOf(store, approvals, accesses, ownedTokens(tokens.list, write), webSessions),
  })
  const leaving = new Leaving({
    ...{ control, denied, ends: () => state.ends },
    subjectsOf: (sid) => subjectsOfSession(store.db, sid),
  })
  const leave = async (logout: Parameters<Leaving['loggedOut']>[0]): Promise<void> => {
    if (state.failing === 'leaving') throw new HoopError('STORE_FAILED', 'the disk is full')
    await leaving.loggedOut(logout)
  }
  const endLogin = endLogins({ logouts, registry, write, leave })
  const scim = await Scim.open({
    ...{ store, control, denied, write, registry, url: () => url },
    lost: lostAccess(() => state.view, tokens.kind),
    regrouped: async () => undefined,
    settings: () => state.scim,
  })
  tokens.owners.regroupBy((owner) => scim.grouped(owner))
  const quarantine: HttpDeps['quarantine'] = {
    get all() {
      return state.quarantined
    },
    troubles: (name) => state.quarantined.find(({ connection }) => connection === name)?.troubles ?? [],
  }
  const admit = async <T extends Identity>(person: T): Promise<T> => {
    denied.assert(person.subject)
    logouts.assert(person)
    return scim.admit(person)
  }
  const reads: Parameters<HttpDeps['ledger']['read']>[0][] = []
  const assertLedger = async (): Promise<void> => {
    if (state.failing === 'ledger') throw new HoopError('LEDGER_FAILED', '/secret/path')
  }
  const deps: HttpDeps = {
    ledger: {
      read: async (what) => (await assertLedger(), void reads.push(what)),
      entered: assertLedger,
      bundle: async function* () {},
      proof: async (target) => (await assertLedger(), `proof of ${target}`),
    },
    // What it erases is tested with a gateway that records.
    erasing: {
      erase: () => {
        throw new HoopError('STORE_FAILED', 'there are no recordings here')
      },
    },
    holds: new Holds({ db: store.db, write, entered: assertLedger, turns: new Turns() }),
    approvals,
    asking: new Asking({ ...{ store, approvals, registry, write, view: () => state.view }, accesses }),
    version: '0.1.0',
    log,
    tls: { cert: await readFile(files.certFile), key: await readFile(files.keyFile) },
    limits: httpLimits.parse(options.http ?? {}),
    rates: new RateLimits(rates.parse(options.rates ?? {})),
    address: addressReader(within(options.trustedProxies ?? [])),
    config: () => state.view,
    quarantine,
    admit,
    principal: async (request) => admit(await authenticator.principal(request)),
    exchange: () => Promise.reject(new HoopError('WORKLOAD_REFUSED')),
    grants,
    denied,
    control,
    tokens: new TokenControl({
      ...{ db: store.db, denied, registry, control, approvals, write },
      ...{ list: tokens.list, owners: tokens.owners },
      view: () => state.view,
      limits: () => ({ longest: 90 * 86_400_000, per_person: 100 }),
      review: () => void registry.review(lost),
      changed: () => undefined,
    }),
    web: {
      sessions: webSessions,
      admit,
      signIn: new WebSignIn({
        settings: () =>
          state.web && {
            issuer: idp.issuer,
            mainClientId: idp.clientId,
            scopes: ['openid', 'email'],
            life: 3_600_000,
            ...state.web,
          },
        secret: async () => state.web?.secret,
        redirectUri: () => redirectUri(url),
        verify: async (token, clientId) =>
          (await verifyIdToken(token, idpKeys, { issuer: idp.issuer, clientId, claims: { groups: 'groups' } }))
            .identity,
      }),
    },
    ...{ scim, url: () => url, scimSecret: async () => (state.scim ? scimSecret : undefined) },
    logout: async (token) => {
      const clientIds = [idp.clientId, state.web?.clientId ?? idp.clientId]
      await endLogin(await verifyLogoutToken(token, idpKeys, { issuer: idp.issuer, clientIds }))
    },
    refused: (subject) => leaving.refused(subject),
    seen: async (person) => void seen.push(seePerson(store.db, person, Date.now())),
    livePerPerson: () => registry.perPerson(),
    store,
    // What asks it is tested with a gateway that records.
    statements: {
      behind: 0,
      get db(): never {
        throw new HoopError('STORE_FAILED', 'there are no recordings here')
      },
    },
    usage: (subject) => ({ person: usage.person(subject), sessions: [] }),
    live: (id) => live.get(id),
    // A position is the number of events that were seen.
    following: async function* (id, after) {
      const events = recordings.get(id) ?? []
      const seen = Number(after ?? 0)
      if (typeof events !== 'function') yield* events.slice(seen)
      return { position: String(events.length), closed: false }
    },
    grown: async (id, after, _, signal) => {
      while (!signal.aborted && Number(after) >= (recordings.get(id)?.length ?? 0)) await sleep(5)
    },
    events: async function* (id) {
      const events = recordings.get(id) ?? []
      yield* typeof events === 'function' ? events() : events
    },
    matches: async (id, text) => {
      const events = recordings.get(id) ?? []
      return typeof events !== 'function' && JSON.stringify(events).includes(text)
    },
    renewed: (chain, grant) => void renewed.push({ chain, grant }),
    known: (chain, person) => {
      registry.known(chain, person)
      registry.review((session) => (session.chain === chain ? lost(session) : undefined))
    },
    draining: () => state.draining,
    ready: readiness({
      ...{ log, quarantine, draining: () => state.draining, staleSecrets: () => 0 },
      checks: {
        store: () => store.writable(),
        recordings: check('recordings'),
        identity: async () => (await check('identity')(), idpKeys.current()),
      },
    }),
  }
  const app = createApp(deps)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  url = `https://localhost:${port}`
  const ca = await readFile(files.caFile)
  const agent = new Agent({ connect: { ca } })

  const ask: World['ask'] = async (person, path, options = {}) => {
    const { method = 'GET', body, headers } = options
    const token = options.token ?? (person && (await idp.sign(people[person])))
    const proof =
      token === undefined
        ? undefined
        : await (options.prover ?? prover).prove({ method, url: url + path.split('?')[0], token }, options.proof)
    const sent = {
      ...(token !== undefined && { authorization: `DPoP ${token}` }),
      ...(proof !== undefined && { dpop: proof }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    }
    const answer = await send(url + path, {
      method,
      dispatcher: agent,
      headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      get body() {
        return JSON.parse(text) as Record<string, unknown>
      },
    }
  }

  return {
    ...{
      app,
      deps,
      denied,
      url,
      port,
      ca,
      idp,
      store,
      approvals,
      index,
      authenticator,
      prover,
      logged,
      acts,
      reads,
      registry,
      live,
      recordings,
      renewed,
      state,
      ask,
    },
    [Symbol.asyncDispose]: async () => {
      await agent.destroy()
      await app.close()
      await approvals[Symbol.asyncDispose]()
      await index.close()
      await Promise.all(seen)
      await store[Symbol.asyncDispose]()
      await idp[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
