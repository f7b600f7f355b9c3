import type { Kysely } from 'kysely'
import { asHoopError, HoopError } from '../../lib/errors.js'
import { factsOf, type Leaf, type LeafOf, openLeaf, type LeafRecord } from '../../ledger/leaves.js'
import { contentAt, readContents } from '../../ledger/log/contents.js'
import { tileWidth } from '../../ledger/tiles/paths.js'
import { type RecordingPlace, readRecordingBetween } from '../../recording/follow.js'
import { recordingPath } from '../../recording/paths.js'
import { leavesOfSession } from '../../store/ledger-leaves.js'
import type { Tables } from '../../store/schema.js'
import { factsOfLeaf } from './of-leaf.js'
import { factsOfRecorded, type SessionOf } from './of-recording.js'
import { eventSchemaName, type EventFacts, type GatewayEvent } from './schema.js'

/** A place in the stream: a leaf of the ledger, and how many events of it are past. */
export interface Cursor {
  readonly leaf: number
  readonly part: number
}

/** One step on: an event, or none where a leaf tells nothing. */
export interface Told {
  readonly event?: GatewayEvent
  readonly next: Cursor
}

export interface EventStreamOptions {
  /** Of the ledger. */
  readonly folder: string
  /** Of recordings. */
  readonly recordings: string
  readonly db: Kysely<Tables>
  /** The ledger's name: `HOST/ledger/` and eight digits. */
  readonly origin: string
  /** Leaves that are under a signed checkpoint by now. */
  readonly size: () => number
  /** Resolves when the store knows of every leaf. */
  readonly noted: () => Promise<void>
}

interface Followed {
  readonly of: SessionOf
  /** How far its recording was told. */
  place: RecordingPlace | undefined
}

const placeOf = ({ head, frames, size }: Partial<RecordingPlace>): RecordingPlace | undefined =>
  head === undefined || frames === undefined || size === undefined ? undefined : { head, frames, size }

/** What is gone for good; all else may be there at the next attempt. */
const isGone = (code: string): boolean => code === 'NOT_FOUND' || code === 'RECORDING_DAMAGED'

/**
 * What the ledger says, as events: of each leaf, and between two leaves of a session what its recording has. The same leaf
 * gives the same events with the same ids whenever it is read; nothing of it is held in memory but where sessions stand.
 */
export class EventStream {
  readonly #options: EventStreamOptions
  readonly #sessions = new Map<string, Followed>()
  readonly #known: { readonly schema: typeof eventSchemaName; readonly gateway: string }
  readonly #log: string
  /** Where the last reading came to: only there sessions stand as it left them. */
  #end = 0

  constructor(options: EventStreamOptions) {
    this.#options = options
    this.#known = { schema: eventSchemaName, gateway: options.origin.split('/')[0]! }
    this.#log = options.origin.slice(options.origin.lastIndexOf('/') + 1)
  }

  /**
   * What comes behind a place, up to the last leaf that is signed.
   * @throws {HoopError} LEDGER_DAMAGED, RECORDING_UNREADABLE, STORE_FAILED
   */
  async *from({ leaf: first, part }: Cursor): AsyncGenerator<Told, void> {
    const { folder } = this.#options
    const size = this.#options.size()
    if (first >= size) return
    if (first !== this.#end || part > 0) this.#sessions.clear()
    this.#end = -1
    const width = BigInt(tileWidth)
    let next = first
    for await (const { index, ...record } of readContents(folder, (BigInt(first) / width) * width)) {
      const leaf = Number(index)
      if (leaf >= size) break
      if (leaf < first) continue
      let passed = 0
      for await (const event of this.#ofRecord(leaf, record)) {
        passed++
        if (leaf > first || passed > part) yield { event, next: { leaf, part: passed } }
      }
      this.#end = next = leaf + 1
      yield { next: { leaf: next, part: 0 } }
      this.#end = -1
    }
    this.#end = next
    if (next < size) throw new HoopError('LEDGER_DAMAGED', `the content of leaf ${next} is missing`)
  }

  async *#ofRecord(index: number, record: LeafRecord): AsyncGenerator<GatewayEvent, void> {
    if (record.content === '') {
      const { kind, at } = factsOf(record.entry)
      yield this.#event({ kind: 'ledger.erased', time: new Date(at).toISOString(), of: kind }, index)
      return
    }
    const leaf = openLeaf(record)
    const late = 'late' in leaf && leaf.late === true
    let part = 0
    if (leaf.kind === 'session.head' || leaf.kind === 'session.end')
      for await (const facts of this.#recorded(index, leaf)) yield this.#event(facts, index, late, ++part)
    if (leaf.kind === 'session.start') this.#sessions.set(leaf.session, { of: leaf, place: placeOf(leaf) })
    if (leaf.kind === 'session.end') this.#sessions.delete(leaf.session)
    const facts = factsOfLeaf(leaf)
    if (facts) yield this.#event(facts, index, late)
  }

  #event(facts: EventFacts, leaf: number, late = false, part?: number): GatewayEvent {
    const id = `${this.#log}-${leaf}${part === undefined ? '' : `.${part}`}`
    return { ...this.#known, id, leaf, ...facts, ...(late && { late: true as const }) }
  }

  /** What a session's recording has between the leaf before and this one. */
  async *#recorded(
    index: number,
    leaf: LeafOf<'session.head'> | LeafOf<'session.end'>,
  ): AsyncGenerator<EventFacts, void> {
    const to = placeOf(leaf)
    const session = to && (await this.#followed(index, leaf.session))
    if (!to || !session) return
    const path = recordingPath(this.#options.recordings, leaf.session, session.of.startedAt)
    try {
      for await (const event of readRecordingBetween(path, session.place, to)) {
        const facts = factsOfRecorded(event, session.of)
        if (facts) yield facts
      }
    } catch (thrown) {
      const { code } = asHoopError(thrown)
      if (!isGone(code)) throw thrown
      const frames = { from: session.place?.frames ?? 0, to: to.frames }
      yield { kind: 'statement.unknown', time: leaf.time, session: leaf.session, frames, code }
    }
    session.place = to
  }

  /** Where a session stood before a leaf; undefined for one that the ledger didn't see begin. */
  async #followed(index: number, id: string): Promise<Followed | undefined> {
    const known = this.#sessions.get(id)
    if (known) return known
    await this.#options.noted()
    const leaves = await leavesOfSession(this.#options.db, id, index)
    const start = await this.#leaf(leaves.find(({ kind }) => kind === 'session.start')?.leaf)
    if (start?.kind !== 'session.start') return undefined
    const last = (await this.#leaf(leaves.at(-1)?.leaf)) as LeafOf<'session.head'> | undefined
    const followed = { of: start, place: last && placeOf(last) }
    this.#sessions.set(id, followed)
    return followed
  }

  async #leaf(index: number | undefined): Promise<Leaf | undefined> {
    const record = index === undefined ? undefined : await contentAt(this.#options.folder, BigInt(index))
    return record === undefined || record.content === '' ? undefined : openLeaf(record)
  }
}
