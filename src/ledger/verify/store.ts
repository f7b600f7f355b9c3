import type { Act, AdministratorAct } from '../../lib/api/acts.js'
import type { SessionSummary } from '../../lib/api.js'
import type { Facts, SessionFacts } from './facts.js'
import { type ReadRecording, ranNothing } from './recordings.js'
import type { Finding } from './report.js'

/** The store, as far as the ledger vouches for it. */
export interface StoreView {
  sessions(): AsyncIterable<SessionSummary>
  acts(): AsyncIterable<Act>
}

/** What passes between the end that the recording has and the one that the store has, milliseconds at most. */
const apart = 5_000

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

const ofSession = ({ start, end }: SessionFacts, row: SessionSummary, recording: ReadRecording | undefined) =>
  firstDifference({
    ...(start && {
      subject: [start.subject, row.subject],
      name: [start.name, row.name],
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
      }),
    ...(recording?.closed === true &&
      row.endedAt !== undefined && {
        statements: [recording.counters.statements, row.counters.statements],
        refused: [recording.counters.refused, row.counters.refused],
        rows: [recording.counters.rows, row.counters.rows],
      }),
  })

/** What the store had before the ledger was read: a gateway that runs goes on meanwhile. */
export interface StoreSnapshot {
  readonly sessions: readonly SessionSummary[]
  readonly acts: readonly Act[]
}

const allOf = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

export const snapshotOf = async (store: StoreView): Promise<StoreSnapshot> => ({
  sessions: await allOf(store.sessions()),
  acts: await allOf(store.acts()),
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
    if (Date.parse(time) < since) continue
    if (known) {
      const differs = ofSession(known, row, recording)
      if (differs) found({ kind: 'row-altered', session, ...differs })
    } else if (Date.parse(time) < began) before++
    // Of one whose recording is there it was said already.
    else if (!recording) found({ kind: 'row-unknown', session, time })
  }
  const there = new Set<string>()
  for await (const { id } of store.sessions()) there.add(id)
  for (const [session, { start }] of sessions) {
    if (there.has(session) || Date.parse(start?.startedAt ?? '') < since) continue
    const recording = recordings.get(session)
    const isRefused = recording !== undefined && ranNothing(recording)
    found({ kind: isRefused ? 'nothing-ran' : 'row-missing', session, ...(start && { time: start.startedAt }) })
  }
  return before
}

/** An act without what only one side of it has. */
const told = ({ by, act, target, subject, reason, before, after }: AdministratorAct) =>
  JSON.stringify([act, by.subject, by.name, target, subject, reason, before, after])

const words = ({ act, by }: AdministratorAct, at: string): string => `${act} by ${by.name} at ${at}`

/** Holds the store's acts against the ledger's, in the same way. */
export const checkActs = async ({ store, snapshot, facts: { acts }, found }: CheckStoreOptions): Promise<void> => {
  const last = acts.keys().reduce((one, other) => Math.max(one, other), 0)
  for (const row of snapshot.acts) {
    const { number: act, time } = row
    const leaf = acts.get(act)
    if (!leaf) found({ kind: act > last ? 'not-entered-yet' : 'act-unknown', act, time })
    else if (told(leaf) !== told(row) || leaf.at !== time)
      found({ kind: 'act-altered', act, expected: words(leaf, leaf.at), found: words(row, time) })
  }
  const there = new Set<number>()
  for await (const { number } of store.acts()) there.add(number)
  for (const [act, leaf] of acts)
    if (!there.has(act)) found({ kind: 'act-missing', act, expected: words(leaf, leaf.at), time: leaf.at })
}
