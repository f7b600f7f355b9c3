import type { Logger } from 'pino'
import type { SignedRequest } from '../../../identity/authenticator.js'
import type { GrantService } from '../../../identity/grant-service.js'
import type { Grant, Principal } from '../../../identity/types.js'
import type { Exchanged } from '../../../identity/workloads/exchange.js'
import type { SessionCounters } from '../../../lib/api.js'
import type { SessionEvent } from '../../../recording/events.js'
import type { Followed } from '../../../recording/follow.js'
import type { Store } from '../../../store/open.js'
import type { PersonUsage } from '../../budgets/person-usage.js'
import type { SessionUse } from '../../budgets/report.js'
import type { Approvals } from '../../approvals/approvals.js'
import type { DenyList } from '../../../identity/deny-list.js'
import type { TokenControl } from '../../access/tokens/token-control.js'
import type { Erasing } from '../../retention/erasing.js'
import type { Holds } from '../../retention/holds.js'
import type { Scim } from '../../scim/scim.js'
import type { Asking } from '../../access/asking.js'
import type { Control } from '../../access/control.js'
import type { HttpLimits } from '../../../policy/config/sections/http-limits.js'
import type { AddressOf } from '../admission/client-address.js'
import type { RateLimits } from '../admission/rate-limits.js'
import type { WebDeps } from './web-deps.js'
import type { LeafContents } from '../../../ledger/leaves.js'
import type { Readiness } from './readiness.js'
import type { AccessView } from '../../access/view.js'
import type { Quarantine } from '../../quarantine/quarantine.js'
import type { StatementIndex } from '../../statements/statement-index.js'

/** What the API enters in the ledger, and what it shows of it. */
export interface ApiLedger {
  /** Somebody wants to see what is kept for auditors; resolves when that is entered. @throws {HoopError} LEDGER_FAILED */
  read(what: LeafContents['read']): Promise<void>
  /** Resolves when every act of the store is entered. @throws {HoopError} LEDGER_FAILED, STORE_FAILED */
  entered(): Promise<void>
  /** Everything that a verification needs, as a tar archive. */
  bundle(since: Date | undefined): AsyncIterable<Buffer>
  /**
   * That a session's end, a request's decision or an act stands in the ledger, as a `.tlog-proof`.
   * @throws {HoopError} NOT_FOUND, LEDGER_FAILED, LEDGER_DAMAGED, STORE_FAILED
   */
  proof(target: string): Promise<string>
}

/** What the API needs of the rest of the gateway. */
export interface HttpDeps {
  readonly version: string
  readonly log: Logger
  /** PEM. Newer ones go to `app.server.setSecureContext()`. */
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer }
  readonly limits: HttpLimits
  readonly rates: RateLimits
  readonly address: AddressOf
  /** The configuration in force now. */
  config(): AccessView
  /** Which connections can't be used now. */
  readonly quarantine: Pick<Quarantine, 'all' | 'troubles'>
  /** @throws {HoopError} of the identity codes */
  principal(request: SignedRequest): Promise<Principal>
  /** Somebody who was let in, as they are known by now. @throws {HoopError} PERSON_REVOKED and others where they may not go on */
  admit(person: Principal): Promise<Principal>
  /** A gateway token for a workload's own. @throws {HoopError} of the identity codes */
  exchange(wanted: { token: string; audience: string | undefined }, request: SignedRequest): Promise<Exchanged>
  readonly grants: Pick<GrantService, 'issue' | 'find' | 'verify'>
  /** Who is shut out. */
  readonly denied: Pick<DenyList, 'find' | 'assert'>
  /** Ends what rests on a login that the identity provider has ended, by its logout token. @throws {HoopError} TOKEN_INVALID, … */
  logout(token: string): Promise<void>
  /** The identity provider has refused to refresh somebody's login: they say so themselves. @throws {HoopError} STORE_FAILED */
  refused(subject: string): Promise<void>
  /** The directory that provisions people. */
  readonly scim: Pick<Scim, 'users' | 'groups'>
  /** Its secret; undefined where the configuration has no SCIM. @throws {HoopError} SECRET_MISSING */
  scimSecret(): Promise<string | undefined>
  /** The gateway's address, as clients use it. */
  url(): string
  /** Ends sessions, shuts people out. */
  readonly control: Pick<Control, 'kill' | 'revokeGrant' | 'revoke' | 'restore'>
  /** The service tokens. */
  readonly tokens: TokenControl
  /** Somebody has proved who they are; resolves when groups that changed are kept. Never throws. */
  seen(person: Omit<Principal, 'jkt'>): Promise<void>
  /** People who come by a browser. */
  readonly web: WebDeps
  /** Live sessions of each person, by subject. */
  livePerPerson(): ReadonlyMap<string, number>
  readonly store: Pick<Store, 'db'>
  readonly ledger: ApiLedger
  readonly erasing: Pick<Erasing, 'erase'>
  readonly holds: Pick<Holds, 'add' | 'list' | 'release'>
  /** The index of statements. */
  readonly statements: Pick<StatementIndex, 'db' | 'behind'>
  readonly approvals: Approvals
  readonly asking: Pick<Asking, 'ask' | 'revoke'>
  /** Counters of a session that lives in this process. */
  live(id: string): SessionCounters | undefined
  /** What counts against an account, and the sessions of a subject that are open here and have budgets. */
  usage(
    account: string,
    subject: string,
  ): { person: PersonUsage; sessions: readonly (SessionUse & { readonly connection: string })[] }
  /** The recording's events, as far as they are on disk. @throws {HoopError} NOT_FOUND, RECORDING_DAMAGED */
  events(id: string, startedAt: string): AsyncIterable<SessionEvent>
  /** Its events from a position on, and where that leads. @throws {HoopError} REQUEST_INVALID, NOT_FOUND, RECORDING_DAMAGED */
  following(id: string, after: string | undefined): AsyncGenerator<SessionEvent, Followed>
  /** Waits until the recording goes on behind a position, or the signal aborts. @throws {HoopError} REQUEST_INVALID, RATE_LIMITED */
  grown(id: string, after: string, person: string, signal: AbortSignal): Promise<void>
  /** Whether statements, refusals or errors of the session contain a text, in any case. */
  matches(id: string, text: string, startedAt: string): Promise<boolean>
  /** A chain of grants goes on: its live sessions get the new expiry. */
  renewed(chain: string, grant: Grant): void
  /** Who holds a chain of grants has proved anew who they are: what their groups no longer give ends. */
  known(chain: string, person: Principal): void
  /** The gateway was told to stop: no new sessions. */
  draining(): boolean
  /** For `/readyz`. */
  readonly ready: () => Promise<Readiness>
}
