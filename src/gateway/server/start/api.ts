import type { HttpDeps } from '../http/deps.js'
import { createApp } from '../http/app.js'
import type { App } from '../http/instance.js'
import { HoopError } from '../../../lib/errors.js'
import { readRecordingOn } from '../../../recording/follow.js'
import { Growth } from '../../../recording/growth.js'
import { readRecording } from '../../../recording/reader.js'
import { recordingMatches } from '../../../recording/search.js'
import { recordingPath } from '../../../recording/paths.js'
import type { Store } from '../../../store/open.js'
import { findSession } from '../../../store/sessions/queries.js'
import type { Usage } from '../../budgets/usage.js'
import { seePerson } from '../../../store/people/people.js'
import { PeopleSeen } from '../http/people/seen.js'
import type { Ending, SessionName, SessionRegistry } from '../../session/registry.js'

export interface ApiOptions extends Pick<
  HttpDeps,
  | 'version'
  | 'log'
  | 'tls'
  | 'limits'
  | 'rates'
  | 'address'
  | 'config'
  | 'quarantine'
  | 'principal'
  | 'exchange'
  | 'grants'
  | 'ready'
  | 'approvals'
  | 'denied'
  | 'control'
  | 'tokens'
  | 'logout'
  | 'refused'
  | 'scim'
  | 'scimSecret'
  | 'url'
  | 'asking'
  | 'web'
  | 'admit'
  | 'ledger'
  | 'holds'
  | 'erasing'
  | 'statements'
> {
  readonly store: Store
  readonly registry: SessionRegistry
  /** Why a session may not go on under the configuration in force. */
  readonly lost: (session: SessionName) => Ending | undefined
  readonly usage: Pick<Usage, 'person'>
  /** Somebody's groups are others than before. Never throws. */
  readonly regrouped: (subject: string) => Promise<void>
  /** Folder. */
  readonly recordings: string
}

/** The HTTP API over the gateway's state, recordings and live sessions. */
export const createApi = ({ registry, lost, recordings, usage, tokens, regrouped, ...rest }: ApiOptions): App => {
  const pathOf = async (id: string): Promise<string> => {
    const { startedAt, removed } = await findSession(rest.store.db, id)
    if (removed) throw new HoopError('RECORDING_REMOVED', `${removed.how} at ${removed.at}`)
    return recordingPath(recordings, id, startedAt)
  }
  const people = new PeopleSeen(
    (person, at) => seePerson(rest.store.db, person, at),
    (err) => rest.log.error({ err }, 'it was not noted who was here'),
  )
  const growth = new Growth()
  return createApp({
    ...rest,
    tokens,
    usage: (account, subject) => ({
      person: usage.person(account),
      sessions: registry
        .of(subject)
        .flatMap(({ id, connection, counts }) => (counts ? [{ id, connection, counts }] : [])),
    }),
    seen: async (person) => {
      // A service token was used, by whoever holds it: its owner need not have been here.
      if (person.owner) return
      tokens.seen(person)
      if (await people.see(person)) await regrouped(person.subject)
    },
    livePerPerson: () => registry.perPerson(),
    live: (id) => registry.get(id)?.counters,
    events: async function* (id) {
      yield* readRecording(await pathOf(id))
    },
    following: async function* (id, after) {
      return yield* readRecordingOn(await pathOf(id), after)
    },
    grown: async (id, after, person, signal) => growth.wait(await pathOf(id), after, person, signal),
    matches: async (id, text) => recordingMatches(await pathOf(id), text),
    renewed: (chain, grant) => registry.renew(chain, grant.expiresAt),
    known: (chain, person) => {
      registry.known(chain, person)
      registry.review((session) => (session.chain === chain ? lost(session) : undefined))
    },
    draining: () => registry.draining,
  })
}
