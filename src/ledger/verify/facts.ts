import type { Leaf, LeafOf, RecordingHead } from '../leaves.js'
import type { Finding } from './report.js'

/** What the ledger says of one session. */
export interface SessionFacts {
  readonly start?: LeafOf<'session.start'>
  /** How far its recording had come, each time that was entered. */
  readonly heads: readonly RecordingHead[]
  readonly end?: LeafOf<'session.end'>
}

interface Gathered {
  start?: LeafOf<'session.start'>
  heads: RecordingHead[]
  end?: LeafOf<'session.end'>
}

/** Longer than two heartbeats, milliseconds. */
const silentFor = 150_000
/** What a clock that is kept right is set back by at most, milliseconds. */
const tolerated = 5_000

const headOf = ({ head, frames, size }: Partial<RecordingHead>): RecordingHead[] =>
  head !== undefined && frames !== undefined && size !== undefined ? [{ head, frames, size }] : []

/** Gathers what leaves say, in their order. */
export class Facts {
  readonly sessions = new Map<string, Gathered>()
  readonly acts = new Map<number, LeafOf<'act'>>()
  /** When the ledger began, milliseconds since 1970. */
  began: number | undefined
  leaves = 0
  readonly #found: (finding: Finding) => void
  readonly #since: number
  #last: number | undefined
  #isStopped = false

  constructor(found: (finding: Finding) => void, since = 0) {
    this.#found = found
    this.#since = since
  }

  add(index: bigint, leaf: Leaf): void {
    this.leaves++
    this.began ??= Date.parse(leaf.time)
    this.#pass(index, leaf)
    if (leaf.kind === 'act') this.acts.set(leaf.number, leaf)
    if (!('session' in leaf)) return
    let session = this.sessions.get(leaf.session)
    if (!session) this.sessions.set(leaf.session, (session = { heads: [] }))
    session.heads.push(...headOf(leaf))
    if (leaf.kind === 'session.start') session.start ??= leaf
    // A start that comes after an end can't take anything back: the first word holds.
    if (leaf.kind === 'session.end') session.end ??= leaf
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
    if (leaf.kind === 'gateway') this.#isStopped = !started
    // What a start enters late comes before its own leaf.
    else if (!('late' in leaf)) this.#isStopped = false
  }
}
