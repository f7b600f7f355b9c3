import { HoopError } from '../../../../lib/errors.js'
import type { MemoryBudget } from '../../../../wire/cutter.js'
import { type BoundText, closesBehind, runUnder } from '../../../../wire/explain.js'
import { flush, sync } from '../../../../wire/frontend.js'
import type { Outbox } from '../../../../wire/outbox.js'
import { Backlog } from './backlog.js'
import { isWithheld, type Suspended } from '../modes.js'
import type { Message } from '../client/message.js'
import type { Pipeline } from '../client/pipeline.js'
import { explainOf } from './planner.js'
import type { State } from '../state.js'
import { nothing, type Given, type Verdict, type Wants } from './suspension.js'

/** Why a client that waits gets no answer any more. */
const withdrawn = (about: string, { kind }: Wants): HoopError =>
  new HoopError(kind === 'decision' ? 'ANALYSIS_WITHDRAWN' : 'APPROVAL_WITHDRAWN', about)

/** The client's side where it has stopped: drains what went before, asks for what is wanted, and says when it goes on. */
export class Suspension {
  readonly #state: State
  readonly #out: Outbox
  readonly #pipeline: Pipeline
  readonly #budget: MemoryBudget
  readonly #name: string

  /** @param name what EXPLAINs of the relay's are prepared as */
  constructor(state: State, out: Outbox, pipeline: Pipeline, budget: MemoryBudget, name: string) {
    this.#state = state
    this.#out = out
    this.#pipeline = pipeline
    this.#budget = budget
    this.#name = name
  }

  /** Stops at a message. */
  begin(message: Message, wants: Wants, given: Given): void {
    const { answering } = this.#state
    if (answering.kind === 'ending') return
    const backlog = new Backlog(this.#budget)
    this.#state.mode = {
      ...{ kind: 'suspended', stage: 'draining', verdict: undefined, answers: answering },
      ...{ wants, message, given, backlog },
    }
    // The server may keep its answers until a Sync.
    if (this.#pipeline.holds !== 'nothing') this.#out.put(flush())
  }

  /** The last batch begins again, with a catalog that is new. */
  playAgain(): void {
    const { messages, had } = this.#state.batch.take()
    const [first, ...rest] = messages
    if (!first) return
    this.#state.had = had
    this.begin(first, { kind: 'catalog' }, nothing)
    const { mode } = this.#state
    if (mode.kind === 'suspended')
      for (const { buffer, start, end } of rest) mode.backlog.add(buffer.subarray(start, end))
  }

  /** Looks whether there is something to do: the server may have answered. */
  progress(suspended: Suspended): void {
    if (suspended.verdict || suspended.stage === 'withdrawing') return
    const state = this.#state
    const { answers, wants } = suspended
    if (wants.kind === 'turn') {
      if (suspended.stage === 'draining') state.commands.push({ kind: 'turn' })
      suspended.stage = 'waiting'
      return
    }
    const stops = answers.kind === 'skipping' || (isWithheld(answers) && answers.dropping)
    if (wants.kind === 'answers' && (stops || state.head() === undefined)) {
      suspended.verdict = { kind: 'answered' }
      return
    }
    // The server would not run it: it skips to the next Sync, or takes it for a breach of COPY.
    if (stops) return this.withdraw(suspended, 'an earlier statement of its pipeline failed')
    if (answers.kind === 'copyIn' && answers.open)
      return this.withdraw(suspended, 'COPY data were expected in its place')
    if (suspended.stage !== 'draining' || state.head() !== undefined) return
    // What was only prepared would keep its locks until a Sync: one of ours ends them.
    if (this.#pipeline.holds === 'prepared' && state.transaction === 'I') return this.#sync()
    if (wants.kind === 'answers') return
    suspended.stage = 'waiting'
    if (wants.kind === 'estimate') return this.#plan(suspended, wants)
    if (wants.kind === 'witness' || wants.kind === 'standing') return this.#witness(suspended, wants)
    if (wants.kind === 'own' && state.transaction === 'E') {
      suspended.verdict = { kind: 'followed', guard: undefined }
      return
    }
    const open = this.#pipeline.holds !== 'nothing'
    const inTransaction = state.transaction !== 'I' || open
    state.commands.push({ kind: 'hold', wants, inTransaction, locks: state.locks || open })
  }

  /** The client no longer wants an answer: the statement is refused at its place in the order, and the rest goes on. */
  withdraw(suspended: Suspended, about: string): void {
    if (suspended.verdict || suspended.stage === 'withdrawing') return
    // A cancel that finds the server between two parts would do nothing.
    if (suspended.wants.kind === 'turn') return suspended.wants.cancel()
    const error = withdrawn(about, suspended.wants)
    const { kind } = suspended.wants
    const asked = kind === 'estimate' || kind === 'witness' || kind === 'standing'
    const outside = suspended.stage === 'waiting' && !asked
    suspended.stage = 'withdrawing'
    // Whoever was asked has to be told first; what he says then is the refusal.
    if (outside) this.#state.commands.push({ kind: 'withdraw', error })
    else suspended.verdict = { kind: 'refuse', error }
  }

  /** Why, where the session ends meanwhile. */
  ended({ wants }: Suspended): HoopError {
    return withdrawn('the session has ended', wants)
  }

  /** @returns whether all of a request is on its way whose parts were put together in turns */
  whole(suspended: Suspended): boolean {
    if (suspended.wants.kind !== 'turn' || suspended.wants.next()) return true
    suspended.verdict = undefined
    suspended.stage = 'draining'
    return false
  }

  /** The planner, or whoever was asked, has answered. */
  answered(verdict: Verdict): void {
    const { mode } = this.#state
    if (mode.kind !== 'suspended') return
    if (verdict.kind === 'followed' || mode.wants.kind === 'own')
      this.#state.own.use(verdict.kind === 'followed' ? verdict.guard : undefined)
    if (mode.stage !== 'withdrawing' || verdict.kind === 'refuse') mode.verdict ??= verdict
  }

  /**
   * Asks the planner, in the transaction that is open and under a name that no client uses. Every earlier request has its
   * reply.
   */
  #plan(suspended: Suspended, { question, bound }: Extract<Wants, { kind: 'estimate' }>): void {
    // The server would plan nothing, and run nothing either.
    if (this.#state.transaction === 'E') {
      suspended.verdict = { kind: 'estimated', estimate: { rows: 0 } }
      return
    }
    const { sql, folds, scrub } = question
    const open = this.#pipeline.holds === 'bound'
    this.#state.push({ kind: 'plan', folds, scrub, open, plan: '', planned: false, closes: closesBehind })
    this.#out.put(runUnder(this.#name, { ...bound, text: explainOf(sql) }))
    if (open) this.#out.put(flush())
    else this.#sync()
  }

  /** Asks the server whether what the decision rests on is so, in the transaction that is open. */
  #witness(suspended: Suspended, { kind, parameters }: Extract<Wants, { kind: 'witness' | 'standing' }>): void {
    const state = this.#state
    // The server would run nothing, the statement as little as this.
    if (state.transaction === 'E') {
      suspended.verdict = { kind: kind === 'witness' ? 'confirmed' : 'stands', parameters }
      return
    }
    const sent = state.witness.send(this.#out, parameters, this.#pipeline.number, kind === 'standing')
    state.push({ kind: 'witness', statement: undefined, left: sent.answers, sent })
    if (this.#pipeline.holds === 'bound') this.#out.put(flush())
    else this.#sync()
  }

  /** Queries of the gateway's own, in the open transaction of whoever waits for what they tell. */
  ask(texts: readonly BoundText[]): void {
    const open = this.#pipeline.holds === 'bound'
    this.#state.push({
      kind: 'ask',
      open,
      answers: [],
      short: false,
      completed: 0,
      closes: 2 * closesBehind * texts.length,
    })
    for (const text of texts) this.#out.put(runUnder(this.#name, text))
    if (open) this.#out.put(flush())
    else this.#sync()
  }

  /** A Sync of ours, so that what was only prepared holds no locks. Never where something is bound: it would end that. */
  #sync(): void {
    this.#pipeline.ended()
    this.#state.push({ kind: 'sync', ghost: false, own: true })
    this.#out.put(sync())
  }
}
