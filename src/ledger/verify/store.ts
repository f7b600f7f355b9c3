import type { Act, AdministratorAct } from '../../lib/api/acts.js'
import type { SessionCounters, SessionSummary } from '../../lib/api.js'
import type { StartEvent } from '../../recording/events.js'
import { type Facts, type SessionFacts, toldOf } from './facts.js'
import { type ReadRecording, ranNothing } from './recordings.js'
import type { Finding, FindingKind } from './report.js'

/** The store, as far as the ledger vouches for it. */
export interface StoreView {
  sessions(): AsyncIterable<SessionSummary>
  acts(): AsyncIterable<Act>
  /** Numbers of acts without a right seal, where the key is at hand. */
  unsealed?(): AsyncIterable<number>
}

/** What passes between the end that the recording has and the one that the store has, milliseconds at most. */
const apart = 5_000

/** All of them: a row says no more, and no less, than the events do. Complete by type. */
const counted = Object.keys({
  statements: true,
  refused: true,
  errors: true,
  rows: true,
  bytes: true,
  masked: true,
  observed: true,
  lastRefusal: true,
} satisfies Record<keyof SessionCounters, true>) as (keyof SessionCounters)[]

type Compared = readonly [expected: unknown, found: unknown]

const firstDifference = (
  fields: Readonly<Record<string, Compared>>,
): { expected: string; found: string } | undefined => {
  for (const [name, [expected, found]] of Object.entries(fields))
    if (expected !== found) return { expected: `${name} ${String(expected)}`, found: `${name} ${String(found)}` }
  return undefined
}

const near = (one: string | undefined, other: string | undefined): Compared => {
  if (one === undefined || other === undefined) return [one, other]
  return Math.abs(Date.parse(one) - Date.parse(other)) <= apart ? [one, one] : [one, other]
}

const ofStart = ({ client, owner }: StartEvent, row: SessionSummary): Record<string, Compared> => ({
  address: [client.address, row.clientAddress],
  application: [client.application, row.clientApplication],
  owner: [owner?.subject, row.owner?.subject],
  'name of the owner': [owner?.name, row.owner?.name],
})

const ofCounters = ({ counters, seenClear }: ReadRecording, row: SessionSummary): Record<string, Compared> => ({
  ...Object.fromEntries(counted.map((name) => [name, [counters[name], row.counters[name]] as const])),
  // What may be seen clear need not have been asked for.
  ...(seenClear && { 'seen clear': [true, row.seenClear] }),
})

const ofSession = ({ start, end }: SessionFacts, row: SessionSummary, recording: ReadRecording | undefined) =>
  firstDifference({
    ...(start && {
      subject: [start.subject, row.subject],
      name: [start.name, row.name],
      ...(start.owner !== undefined && { owner: [start.owner?.subject, row.owner?.subject] }),
      connection: [start.connection, row.connection],
      grant: [start.grant, row.grantId],
      policy: [start.policy, row.policyHash],
      began: [start.startedAt, row.startedAt],
    }),
    // The store learns of an end after the ledger: what it doesn't know yet, the next start tells it.
    ...(end &&
      row.endedAt !== undefined && {
        end: [end.end, row.end],
        reason: [end.reason, row.reason],
        ended: near(end.endedAt, row.endedAt),
        by: [end.by?.subject, row.endedBy?.subject],
        'name of who ended it': [end.by?.name, row.endedBy?.name],
      }),
    ...(recording?.start && ofStart(recording.start, row)),
    // What of a recording that failed wasn't written any more was counted even so.
    ...(recording?.closed === true &&
      recording.unread === 0 &&
      end?.problem === undefined &&
      row.endedAt !== undefined &&
      ofCounters(recording, row)),
  })

/** What the store had before the ledger was read: a gateway that runs goes on meanwhile. */
export interface StoreSnapshot {
  readonly sessions: readonly SessionSummary[]
  readonly acts: readonly Act[]
  readonly unsealed: ReadonlySet<number>
}

const allOf = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

export const snapshotOf = async (store: StoreView): Promise<StoreSnapshot> => ({
  sessions: await allOf(store.sessions()),
  acts: await allOf(store.acts()),
  unsealed: new Set(store.unsealed && (await allOf(store.unsealed()))),
})

export interface CheckStoreOptions {
  readonly store: StoreView
  readonly snapshot: StoreSnapshot
  readonly facts: Facts
  /** By session. */
  readonly recordings: ReadonlyMap<string, ReadRecording>
  readonly since: number
  readonly found: (finding: Finding) => void
}

/**
 * Holds the store's sessions against the ledger's: none of those from before may be unknown to it, and none that it knows
 * may be missing now.
 * @returns how many are from before the ledger began
 */
export const checkSessions = async (options: CheckStoreOptions): Promise<number> => {
  const { store, snapshot, facts, recordings, since, found } = options
  const { sessions, began = Infinity } = facts
  let before = 0
  for (const row of snapshot.sessions) {
    const { id: session, startedAt: time } = row
    const known = sessions.get(session)
    const recording = recordings.get(session)
    // Of a known one the ledger says when it began.
    if (Date.parse(known?.start?.startedAt ?? time) < since) continue
    const removal = facts.removals.of(session)
    if (removal?.leaf.kind === 'erased') {
      if (!row.removed) found({ kind: 'removal-unfinished', session, time })
      continue
    }
    if (row.removed && !removal && Date.parse(time) >= began)
      found({ kind: 'row-altered', session, expected: 'a recording', found: row.removed.how })
    if (known) {
      const differs = ofSession(known, row, recording)
      if (differs) found({ kind: 'row-altered', session, ...differs })
    } else if (Date.parse(time) < began) before++
    // Of one whose recording is there it was said already.
    else if (!recording || facts.refused.has(`session ${session}`)) found({ kind: 'row-unknown', session, time })
  }
  const there = new Set<string>()
  for await (const { id, endedAt } of store.sessions()) {
    there.add(id)
    const { start, end, at } = sessions.get(id) ?? {}
    if (!end || at?.end === undefined || endedAt !== undefined) continue
    if (Date.parse(start?.startedAt ?? '') < since) continue
    // The store learns of an end an instant after the ledger; of one that it never learnt, the next start tells it.
    const isAltered = facts.isKnownToStore(at.end, Date.parse(end.time))
    const told = { expected: `ended ${end.endedAt}`, found: 'no end' }
    found({ kind: isAltered ? 'row-altered' : 'end-not-noted', session: id, ...told })
  }
  for (const [session, { start }] of sessions) {
    if (there.has(session) || Date.parse(start?.startedAt ?? '') < since) continue
    const recording = recordings.get(session)
    const isRefused = recording !== undefined && ranNothing(recording)
    found({ kind: isRefused ? 'nothing-ran' : 'row-missing', session, ...(start && { time: start.startedAt }) })
  }
  return before
}

const words = ({ act, by }: AdministratorAct, at: string): string => `${act} by ${by.name} at ${at}`

const skew = 300_000

/** An act enters before it is answered, or at the next start. One from a time to come is none that just happened. */
const behindLast = (time: number, facts: Facts): FindingKind =>
  facts.isSettled(time) || time > Date.now() + skew ? 'never-entered' : 'not-entered-yet'

/** Holds the store's acts against the ledger's, in the same way. */
export const checkActs = async ({ store, snapshot, facts, found }: CheckStoreOptions): Promise<void> => {
  const { acts } = facts
  const last = acts.keys().reduce((one, other) => Math.max(one, other), 0)
  for (const row of snapshot.acts) {
    const { number: act, time } = row
    const leaf = acts.get(act)
    const isForged = facts.refused.has(`act ${act}`) || (facts.isSealed && snapshot.unsealed.has(act))
    if (!leaf && act > last) found({ kind: isForged ? 'row-forged' : behindLast(Date.parse(time), facts), act, time })
    else if (!leaf) found({ kind: 'act-unknown', act, time })
    else if (toldOf(leaf) !== toldOf(row) || leaf.at !== time)
      found({ kind: 'act-altered', act, expected: words(leaf, leaf.at), found: words(row, time) })
  }
  const there = new Set<number>()
  for await (const { number } of store.acts()) there.add(number)
  for (const [act, leaf] of acts)
    if (!there.has(act)) found({ kind: 'act-missing', act, expected: words(leaf, leaf.at), time: leaf.at })
}
