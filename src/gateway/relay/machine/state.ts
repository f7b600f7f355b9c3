import type { HoopError } from '../../../lib/errors.js'
import type { Asker } from '../../../policy/decision.js'
import type { MemoryBudget } from '../../../wire/cutter.js'
import type { Journal } from '../journal.js'
import type { Metering } from '../rows/sinks.js'
import { Caps } from './admission/caps.js'
import { UnknownNames } from './admission/unknown-names.js'
import type { Command } from './commands.js'
import type { MachineGuard } from './guard.js'
import { type AnswerMode, type Mode, normal, skipping } from './modes.js'
import { type NameLimits, Names } from './names/names.js'
import { OwnCatalog } from './own-catalog.js'
import { OwnObjects } from './own-objects.js'
import { Queue } from './queue.js'
import type { CheckRequest, Request } from './requests.js'
import { SearchPath } from './server/search-path.js'
import { Batch, type Had } from './witness/batch.js'
import { Witness } from './witness/witness.js'

/** What a machine is made with. */
export interface StateOptions {
  readonly guard: MachineGuard | undefined
  /** Whether the guard's catalog can be read again. */
  readonly renews?: boolean | undefined
  /** Whether it can be read as an open transaction sees it. */
  readonly follows?: boolean | undefined
  readonly journal: Events
  /** Whose session it is; `now` is read anew for each decision. */
  readonly asker: Asker
  /** Absent where the policy has no budgets. */
  readonly metering?: Metering | undefined
  readonly searchPath?: SearchPath | undefined
  readonly names: NameLimits
  /** Bytes of one transaction's messages that are kept to be played again. */
  readonly replay: number
  readonly budget: MemoryBudget
}

/** The journal but for its commit, which is not the machine's. */
export type Events = Pick<Journal, 'statement' | 'refusal' | 'result' | 'notice' | 'transaction' | 'keeping'>

/** Requests without an answer at which the client is no longer read. */
const MAX_OUTSTANDING = 65_536

/** Everything that one relay knows. It has no sockets and no clock of its own. */
export class State {
  /** The only place where a mode is kept; see `answering` for the one by which answers are read. */
  mode: Mode = normal
  readonly queue = new Queue<Request>()
  readonly names: Names
  transaction: 'I' | 'T' | 'E' = 'I'
  /** What is to be done beside passing bytes on. */
  readonly commands: Command[] = []
  /** The client has said Terminate. */
  terminated = false
  /** Counts what may put another portal in a portal's place or change what a name means: Query, Bind, Execute, Sync. */
  runs = 0
  /** Bytes of COPY data since the COPY began. */
  copyInBytes = 0
  /** ReadyForQuery of Syncs that a failed COPY may or may not have swallowed. */
  spareReady = 0
  /** A CancelRequest may hit a statement behind the one that it was meant for. */
  strayCancel = false
  /** What the server was at when the client canceled, until its batch has ended. */
  canceled: Request | undefined
  /** The current transaction has touched masked columns: errors may quote their values until it ends. */
  tainted = false
  /** The current transaction has changed the schema. */
  schemaChanged = false
  /** A statement of the current transaction has succeeded that may hold locks until it ends. */
  locks = false
  /** Changes of the schema that this session has committed, and how many of them the catalog has. */
  readonly changes = { made: 0, read: 0 }

  readonly renews: boolean
  readonly follows: boolean
  /** The catalog as the open transaction sees it, where that was needed. */
  readonly own: OwnCatalog
  readonly journal: Events
  readonly asker: Asker
  readonly metering: Metering | undefined
  readonly searchPath: SearchPath
  readonly caps: Caps
  readonly unknownNames = new UnknownNames()
  readonly ownObjects = new OwnObjects()
  readonly witness: Witness
  readonly #guard: MachineGuard | undefined
  /** What could be played again. */
  readonly batch: Batch
  /** A witness has failed, and its batch is played again once the server has ended it. */
  again: { readonly batch: number; readonly error: HoopError } | undefined
  /** What the client has had of the answers to a batch that is being played again. */
  had: Had | undefined

  constructor({ guard, renews, follows, journal, asker, metering, searchPath, names, budget, replay }: StateOptions) {
    this.#guard = guard
    this.renews = renews === true
    this.follows = follows === true
    this.own = new OwnCatalog(budget)
    this.journal = journal
    // Its time is read anew each time.
    this.asker = Object.defineProperties({} as Asker, {
      ...Object.getOwnPropertyDescriptors(asker),
      owns: { value: this.ownObjects.owns, enumerable: true },
    })
    this.metering = metering
    this.searchPath = searchPath ?? new SearchPath()
    this.caps = new Caps(guard)
    this.names = new Names(names, budget)
    this.witness = new Witness(guard ?? this)
    this.batch = new Batch(guard?.witness ? replay : 0)
  }

  get guard(): MachineGuard | undefined {
    return this.own.guard ?? this.#guard
  }

  /** The mode by which answers are read. */
  get answering(): AnswerMode | { readonly kind: 'ending' } {
    return this.mode.kind === 'suspended' ? this.mode.answers : this.mode
  }

  /** A request is put together in turns, and is on its way in part: it is answered, also where its client sends nothing more. */
  get sending(): boolean {
    return this.mode.kind === 'suspended' && this.mode.wants.kind === 'turn'
  }

  /** A budget is used up, and the server has not ended yet what it is to be cancelled in. */
  get overBudget(): boolean {
    return this.answering.kind === 'overBudget'
  }

  /**
   * The server is at a text that the client has canceled and that goes to it as several messages, between two of which it
   * drops a cancel. Nothing is on its way behind it that could be hit instead.
   */
  get playsCanceled(): boolean {
    const head = this.head()
    if (head?.kind !== 'query' || head !== this.canceled) return false
    return head.played !== undefined && !head.errored && this.queue.length === 1
  }

  /** Whether there is room for what the client says next; see the machine's. */
  readsClient(again: boolean): boolean {
    const { mode, queue, playsCanceled } = this
    if (playsCanceled || (mode.kind === 'suspended' && mode.backlog.full)) return false
    return queue.length <= (again ? MAX_OUTSTANDING / 2 : MAX_OUTSTANDING)
  }

  /** COPY FROM STDIN takes data of the client. */
  get takesCopyData(): boolean {
    const { answering } = this
    return answering.kind === 'copyIn' && answering.open
  }

  /** Another mode for answers; a client's side that is suspended stays so, and a session that ends goes on ending. */
  answer(mode: AnswerMode): void {
    if (this.mode.kind === 'ending') return
    if (this.mode.kind === 'suspended') this.mode.answers = mode
    else this.mode = mode
  }

  /** Enters a request that is being forwarded, unless the server is going to ignore it. @returns whether it was entered */
  push(request: Request): boolean {
    if (this.answering.kind === 'skipping') {
      if (request.kind !== 'sync') {
        this.skipped(request)
        return false
      }
      this.answer(normal)
    }
    this.queue.push(request)
    return true
  }

  /** The server ignored a request, since an earlier one in its pipeline failed. */
  skipped(request: Request): void {
    if (request.kind === 'parse') this.names.fail(request.meaning)
    if (request.kind === 'check') this.refused(request)
    if (request.kind === 'execute' && request.defines) this.names.fail(request.defines)
    if (request.kind === 'query') for (const meaning of request.defines) if (meaning) this.names.fail(meaning)
    if (request.kind !== 'bind') return
    this.names.fail(request.portal)
    if (!request.refused) this.journal.result(request.statement, { tag: 'skipped', rows: 0, bytes: 0, masked: 0 })
  }

  /** Nothing of a text that the proof refuses has run, nor will. */
  refused({ text, refusal }: CheckRequest): void {
    this.journal.refusal(text, refusal)
  }

  /** An error in the extended protocol: the server ignores everything up to the next Sync. The failed request has left. */
  skipToSync(): void {
    for (let next = this.queue.peek(); next; next = this.queue.peek()) {
      if (next.kind === 'sync') {
        if (!next.ghost) return
        this.spareReady++
      }
      this.queue.shift()
      this.skipped(next)
    }
    this.answer(skipping)
  }

  /** The oldest request without its answer. */
  head(): Request | undefined {
    for (;;) {
      const head = this.queue.peek()
      if (head?.kind !== 'copy-end') return head
      this.queue.shift()
    }
  }
}

/** Whether the catalog lacks what this session has committed. */
export const lags = ({ changes }: State): boolean => changes.read < changes.made
