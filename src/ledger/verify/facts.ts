import type { AdministratorAct } from '../../lib/api/acts.js'
import { factsOf, type Leaf, type LeafOf, type RecordingHead } from '../leaves.js'
import { Removals } from './removals.js'
import type { Finding } from './report.js'

/** What the ledger says of one session. Of each kind of leaf the first word holds. */
export interface SessionFacts {
  readonly start?: LeafOf<'session.start'>
  /** How far its recording had come, each time that was entered. */
  readonly heads: readonly RecordingHead[]
  readonly end?: LeafOf<'session.end'>
  /** Places of start and end in the ledger. */
  readonly at: { readonly start?: bigint; readonly end?: bigint }
  /** Frames that were entered while the session went on, or at its end. */
  readonly witnessed: number
}

interface Gathered extends SessionFacts {
  start?: LeafOf<'session.start'>
  readonly heads: RecordingHead[]
  end?: LeafOf<'session.end'>
  readonly at: { start?: bigint; end?: bigint }
  witnessed: number
}

/** Longer than two heartbeats, milliseconds. */
const silentFor = 150_000
/** What a clock that is kept right is set back by at most, milliseconds. */
const tolerated = 5_000
/** What a gateway that runs has entered, and told its store, by then; milliseconds. */
const settled = 120_000
/** What a gateway that stops has told its store by then, milliseconds. */
const noted = 30_000

const headOf = ({ head, frames, size }: Partial<RecordingHead>): RecordingHead[] =>
  head !== undefined && frames !== undefined && size !== undefined ? [{ head, frames, size }] : []

/** An act without what only one side of it has. */
export const toldOf = ({ by, act, target, subject, reason, before, after }: AdministratorAct): string =>
  JSON.stringify([act, by.subject, by.name, target, subject, reason, before, after])

/** What has to be the same where a leaf says once more what an earlier one said. */
const same = {
  'session.start': ({ subject, name, owner, connection, grant, policy, startedAt }: LeafOf<'session.start'>) =>
    JSON.stringify([subject, name, owner?.subject, connection, grant, policy, startedAt]),
  'session.end': ({ end, reason, by, head, frames, size, problem }: LeafOf<'session.end'>) =>
    JSON.stringify([end, reason, by?.subject, head, frames, size, problem]),
  act: (leaf: LeafOf<'act'>) => `${toldOf(leaf)} at ${leaf.at}`,
}

/** Gathers what leaves say, in their order. */
export class Facts {
  readonly sessions = new Map<string, Gathered>()
  readonly acts = new Map<number, LeafOf<'act'>>()
  readonly removals = new Removals()
  /** Rows of the store that a gateway would not enter, as it has called them. */
  readonly refused = new Set<string>()
  /** What a gateway enters from the store has a seal. */
  isSealed = false
  /** When the ledger began, milliseconds since 1970. */
  began: number | undefined
  leaves = 0
  readonly #found: (finding: Finding) => void
  readonly #since: number
  #last: number | undefined
  #isStopped = false
  /** The last leaf by which everything before it had been entered, milliseconds since 1970. */
  #beat = -Infinity
  #started = -1n
  #stopped = -1n

  constructor(found: (finding: Finding) => void, since = 0) {
    this.#found = found
    this.#since = since
  }

  /** When the last leaf was entered, milliseconds since 1970. */
  get last(): number {
    return this.#last ?? -Infinity
  }

  add(index: bigint, leaf: Leaf): void {
    this.leaves++
    this.began ??= Date.parse(leaf.time)
    this.#pass(index, leaf)
    const place = `${index}`
    if (leaf.kind === 'act') {
      const { number: act } = leaf
      const first = this.acts.get(act)
      if (!first) this.acts.set(act, leaf)
      else this.#compare(same.act(first), same.act(leaf), { act, leaf: place })
    }
    this.removals.add(index, leaf)
    if (leaf.kind === 'restored') this.#restored(leaf, place)
    if (leaf.kind === 'notice') this.#noticed(leaf, place)
    if (leaf.kind === 'gateway' && leaf.sealed) this.isSealed = true
    if (!('session' in leaf) || leaf.kind === 'retired' || leaf.kind === 'erased') return
    const { session } = leaf
    let known = this.sessions.get(session)
    if (!known) this.sessions.set(session, (known = { heads: [], at: {}, witnessed: 0 }))
    known.heads.push(...headOf(leaf))
    if (!leaf.late) known.witnessed = Math.max(known.witnessed, leaf.frames ?? 0)
    if (leaf.kind === 'session.start') {
      if (known.start) this.#compare(same[leaf.kind](known.start), same[leaf.kind](leaf), { session, leaf: place })
      else [known.start, known.at.start] = [leaf, index]
    }
    if (leaf.kind !== 'session.end') return
    if (known.end) this.#compare(same[leaf.kind](known.end), same[leaf.kind](leaf), { session, leaf: place })
    else [known.end, known.at.end] = [leaf, index]
  }

  /** A leaf whose content was erased: its entry keeps kind and time. */
  addEmptied(index: bigint, entry: Buffer): void {
    this.leaves++
    const { kind, at } = factsOf(entry)
    this.began ??= at
    this.#last = at
    this.removals.emptied(index, kind)
  }

  /** How many sessions began before a time, milliseconds since 1970. */
  leftOut(since: number): number {
    return [...this.sessions.values()].filter(({ start }) => Date.parse(start?.startedAt ?? '') < since).length
  }

  /** Whether a gateway has started since a leaf: by then it had entered whatever the one before had left. */
  isRestarted(index: bigint): boolean {
    return this.#started > index
  }

  /** Whether a gateway that ran on had long entered what happened then. @param time milliseconds since 1970 */
  isSettled(time: number): boolean {
    return this.#beat > time + settled
  }

  /** Whether the store has to know by now of an end that was entered. */
  isKnownToStore(index: bigint, time: number): boolean {
    const isOld = Date.now() > time + noted
    return this.isRestarted(index) || this.isSettled(time) || (isOld && this.#stopped > index)
  }

  /** It explains what the store lacks, and excuses nothing: whoever can write the store can bring it about. */
  #restored({ acts, sessions, leaves, time }: LeafOf<'restored'>, leaf: string): void {
    const numbers = acts ? `acts ${acts.from} to ${acts.to - 1}` : 'no act'
    const found = `${numbers} and ${sessions} ended sessions of the leaves from ${leaves.from} on are only in the ledger`
    this.#found({ kind: 'store-restored', leaf, time, found })
  }

  /** The row itself, where it is still there, is held against the ledger like any. */
  #noticed({ fields, time }: LeafOf<'notice'>, leaf: string): void {
    const { row } = fields ?? {}
    if (typeof row !== 'string') return
    this.refused.add(row)
    this.#found({ kind: 'store-edited', leaf, time, found: row })
  }

  #compare(expected: string, found: string, place: Omit<Finding, 'kind'>): void {
    if (expected !== found) this.#found({ kind: 'leaf-contradicted', ...place, expected, found })
  }

  #pass(index: bigint, leaf: Leaf): void {
    const at = Date.parse(leaf.time)
    const last = this.#last
    const started = leaf.kind === 'gateway' && leaf.what === 'started'
    if (last !== undefined && at >= this.#since) {
      const place = { leaf: `${index}`, time: leaf.time }
      const before = { expected: new Date(last).toISOString(), found: leaf.time }
      if (at - last > silentFor && !this.#isStopped) this.#found({ kind: 'silence', ...place, ...before })
      if (at < last - tolerated) this.#found({ kind: 'clock-set-back', ...place, ...before })
    }
    this.#last = at
    // Both come after all that there was to enter.
    if (started || leaf.kind === 'heartbeat') this.#beat = Math.max(this.#beat, at)
    if (started) this.#started = index
    else if (leaf.kind === 'gateway') this.#stopped = index
    if (leaf.kind === 'gateway') this.#isStopped = !started
    // What a start enters late comes before its own leaf.
    else if (!('late' in leaf)) this.#isStopped = false
  }
}
