import type {
  ApprovalEvent,
  RefusalEvent,
  ResultEvent,
  SessionEvent,
  StartEvent,
  StatementEvent,
} from '../../recording/events.js'
import type { Begun, Ended, SessionEntry, StatementEntry } from '../../store/statements/entry.js'
import { columnsAsText, type Doing, shownBy, vectorsIn } from './shown.js'

/** UTF-16 units of a text that the index keeps and searches. */
export const indexedText = 4000

/** Statements, and requests for approvals, that are remembered for what comes later. */
const remembered = 1000

/** What requests for approvals say of a statement. */
type Approved = Pick<Begun, 'approval' | 'outcome' | 'approvedBy' | 'rules' | 'rule'>

type Open = { n: number; begun?: Begun; ended: Ended[] }

/** Makes entries of the index of statements from a session's events: while it is recorded, or from its recording. */
export class SessionFeed {
  readonly session: SessionEntry
  readonly #started: number
  readonly #doing = new Map<number, Doing>()
  readonly #approvals = new Map<string, ApprovalEvent>()
  #entries = new Map<number, Open>()
  /** UTF-16 units, about. */
  #size = 0

  constructor({ session, subject, name, owner, connection, time }: StartEvent) {
    this.#started = Date.parse(time)
    this.session = {
      ...{ id: session, subject, name, owner: owner?.subject ?? null, ownerName: owner?.name ?? null, connection },
      startedAt: this.#started,
    }
  }

  /** How much waits to be taken, in UTF-16 units, about. */
  get size(): number {
    return this.#size
  }

  add(event: SessionEvent): void {
    if (event.type === 'statement') this.#begun(event, this.#running(event))
    else if (event.type === 'refusal') this.#begun(event, this.#refused(event))
    else if (event.type === 'result') this.#ended(event)
    else if (event.type === 'approval') keep(this.#approvals, event.id, event)
  }

  /** What has come since the last time. */
  take(): readonly StatementEntry[] {
    const { id: session } = this.session
    const taken = [...this.#entries.values()].map((entry): StatementEntry => ({ session, ...entry }))
    this.#entries = new Map()
    this.#size = 0
    return taken
  }

  #begun({ n, kinds = [], reads = [], writes = [] }: StatementEvent | RefusalEvent, begun: Begun): void {
    this.#entry(n).begun = begun
    this.#size += begun.text.length + 500 + 50 * (reads.length + writes.length)
    keep(this.#doing, n, { kinds, reads })
  }

  #ended(result: ResultEvent): void {
    const { n, tag, sqlstate, rows, bytes, masked, duration, columns = [] } = result
    const ended: Ended = {
      verdict: tag === 'skipped' || tag === 'cut' ? tag : sqlstate === undefined ? 'ran' : 'error',
      ...(sqlstate !== undefined && { sqlstate }),
      ...{ rows, bytes, masked, duration },
      vectors: vectorsIn(result),
      clear: columns.some(({ clear }) => clear === true),
      ...(columns.length > 0 && { columns: columnsAsText(columns) }),
      shown: shownBy(result, this.#doing.get(n) ?? { kinds: [], reads: [] }),
    }
    this.#entry(n).ended.push(ended)
    this.#size += (ended.columns?.length ?? 0) + 200 + 100 * ended.shown.length
  }

  #running(event: StatementEvent): Begun {
    const { rules, rule, ...approved } = this.#approved(event.approval)
    const noted = [...(event.warnings ?? []), ...(event.observed ?? [])].map((note) => note.rule)
    return {
      ...this.#common(event),
      ...{ verdict: 'running', ...approved },
      ...(rule !== undefined && { rule }),
      rules: [...rules, ...noted],
    }
  }

  #refused(event: RefusalEvent): Begun {
    const { rules, rule, ...approved } = this.#approved(event.approval)
    const by = event.rule ?? rule
    return {
      ...this.#common(event),
      ...{ verdict: 'refused', code: event.code, ...approved },
      ...(by !== undefined && { rule: by }),
      rules: [...rules, ...(event.rule === undefined ? [] : [event.rule])],
    }
  }

  #common({ at, text, kinds = [], reads = [], writes = [] }: StatementEvent | RefusalEvent) {
    const tables = (names: readonly string[]): string[] => [...new Set(names)]
    return {
      at: Math.floor(this.#started + at),
      text: beginning(text),
      kinds: [...new Set(kinds)],
      ...{ reads: tables(reads), writes: tables(writes) },
    }
  }

  /** Who was asked for it, and by which rules. @param ids of requests, with a space between */
  #approved(ids: string | undefined): Approved {
    if (ids === undefined) return { rules: [] }
    const asked = ids.split(' ').flatMap((id) => this.#approvals.get(id) ?? [])
    const by = asked.flatMap((event) => (event.by ?? []).map(({ name }) => name))
    const [first] = asked
    return {
      approval: ids,
      ...(first && { outcome: first.outcome, rule: first.rule }),
      ...(by.length > 0 && { approvedBy: by }),
      rules: asked.map(({ rule }) => rule),
    }
  }

  #entry(n: number): Open {
    const known = this.#entries.get(n)
    if (known) return known
    const made: Open = { n, ended: [] }
    this.#entries.set(n, made)
    return made
  }
}

/** Keeps the newest. */
const keep = <K, V>(map: Map<K, V>, key: K, value: V): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= remembered) return
  const [oldest] = map.keys()
  map.delete(oldest!)
}

/** As much of a text as is indexed; no character is cut in two. */
const beginning = (text: string): string =>
  text.length <= indexedText ? text : text.slice(0, indexedText).replace(/[\uD800-\uDBFF]$/, '')
