import { HoopError } from '../../../../lib/errors.js'
import type { ColumnMask } from '../../../../masking/types.js'
import type { AllowedStatement, Premise } from '../../../../policy/decision.js'
import type { Ended } from '../../../../sql/facts.js'
import type { Field } from '../../../../wire/backend.js'
import type { MemoryBudget } from '../../../../wire/cutter.js'
import { nameKey } from '../../../../wire/frontend.js'
import type { Raise, Used } from '../../../budgets/budgets.js'
import type { Statement } from '../../journal.js'
import { NameTable } from './name-table.js'

interface Named {
  readonly name: string
  /** By PREPARE or DECLARE; otherwise by Parse or Bind. */
  readonly bySql: boolean
  /** The statement; of SQL, the whole PREPARE or DECLARE. */
  readonly text: string
  /** Rules by which it was approved when it got the name. */
  readonly approved: readonly string[]
  /** In which pipeline it was asked for: what one Sync or Query ends. */
  readonly pipeline: number
  /** What it is charged with. */
  readonly bytes: number
  state: 'requested' | 'confirmed' | 'ended'
}

export interface PreparedStatement extends Named {
  readonly of: 'statement'
  /** Parameter types that a Parse declared: OIDs of four bytes each. */
  readonly types: Buffer | undefined
  /** What the policy found; undefined where there is no guard, or nobody can tell any more. */
  facts: AllowedStatement | undefined
  /** From a Describe of the statement: names for the recording, nothing that masks rely on. */
  fields?: readonly Field[]
}

export interface Portal extends Named {
  readonly of: 'portal'
  /** What it may take beyond its budgets. */
  readonly raise: Raise | undefined
  /** Whether rows come out, or in an order, by distances of masked vectors. */
  searches: boolean
  /** Hours, or who asks, may decide otherwise another time. */
  readonly open: boolean
  /** What its Bind named when that was decided on, and what the policy found then, which is newer than the Parse's word. */
  readonly meant: { readonly statement: PreparedStatement; readonly facts: AllowedStatement | undefined } | undefined
  /** What it was admitted on when it was bound; undefined without a guard, and of a cursor that SQL opened. */
  readonly admission: (Rests & { readonly found: Found }) | undefined
  /** By which it was decided at Bind, where nothing but that tells what was added since; see `lookedAt`. */
  readonly catalog?: object | undefined
  /** The server has confirmed that before the Bind, since the statement must not run behind anything else. */
  readonly confirmed: boolean
  /** What it was bound to, and what comes out; known once the server has bound it. */
  prepared: PreparedStatement | undefined
  facts: AllowedStatement | undefined
  /** Result formats of its Bind. */
  readonly formats: readonly number[]
  readonly statement: Statement | undefined
  /** What running it gives a name to: asked for by its Execute. */
  readonly defines: Meaning | undefined
  /** WITH HOLD: it outlives its transaction. */
  readonly hold: boolean
  /** The session's run at which it was bound, and at which the client had it described. */
  boundAt: number
  describedAt: number
  executed: boolean
  /** From a Describe of this portal, which is exact for as long as the portal lives. */
  fields?: readonly Field[] | undefined
  masks?: readonly (ColumnMask | undefined)[] | undefined
  /** What was fetched from it so far counts against one statement's budget. */
  used?: Used | undefined
}

export type Meaning = PreparedStatement | Portal

/** What statements yield that have a name, which may be something else than when they got it. */
export type Found = readonly (readonly [meaning: Meaning, facts: AllowedStatement])[]

/** What a decision rests on: the premises of its statements, and those of all that they run by a name. */
export interface Rests {
  readonly statements: readonly AllowedStatement[]
  readonly behind: readonly Premise[]
}

/** How much one session may give names to. */
export interface NameLimits {
  readonly count: number
  readonly bytes: number
}

/** Bytes of an entry beside its texts, about. */
const ENTRY = 256

/** What an entry with that name and text is charged with. */
export const bytesOf = (name: string, text: string): number => ENTRY + name.length + text.length

/**
 * What statements, portals and cursors of one session are called. What counts is what the server confirmed; what was asked
 * for and has no answer yet is kept beside it, since the next message may run either.
 */
export class Names {
  readonly statements = new NameTable<PreparedStatement>((item) => this.#give(item))
  readonly portals = new NameTable<Portal>((item) => this.#give(item))
  readonly #limits: NameLimits
  readonly #budget: MemoryBudget
  #count = 0
  #bytes = 0

  constructor(limits: NameLimits, budget: MemoryBudget) {
    this.#limits = limits
    this.#budget = budget
  }

  /** Why no more names can be given; undefined where there is room. @param bytes of all that is to be entered */
  refusal(bytes: number, names: number): HoopError | undefined {
    const { count, bytes: most } = this.#limits
    if (this.#count + names > count) return new HoopError('NAMES_EXHAUSTED', `${count} names`)
    if (this.#bytes + bytes > most) return new HoopError('NAMES_EXHAUSTED', `${most} bytes`)
    return this.#budget.has(bytes) ? undefined : new HoopError('NAMES_EXHAUSTED', 'the gateway has no memory left')
  }

  /** A message that asks for the name goes to the server. */
  request(item: Meaning): void {
    if (item.name !== '') this.#count++
    this.#bytes += item.bytes
    this.#budget.take(item.bytes)
    if (item.of === 'statement') this.statements.request(item)
    else this.portals.request(item)
  }

  /** The server has done it. What the name meant before has ended. */
  confirm(item: Meaning): void {
    if (item.of === 'statement') this.statements.confirm(item)
    else this.portals.confirm(item)
  }

  /** The server has not done it, and won't. */
  fail(item: Meaning): void {
    if (item.of === 'statement') this.statements.fail(item)
    else this.portals.fail(item)
  }

  /** A portal that SQL opened, and whose DECLARE nobody has seen, is unknown until it is described. */
  portal(name: string): Portal {
    const known = this.portals.confirmed(nameKey(name))
    if (known) return known
    const unknown: Portal = { ...portalOf(name, '', 0), state: 'confirmed' }
    if (name !== '') this.#count++
    this.#bytes += unknown.bytes
    this.#budget.take(unknown.bytes)
    this.portals.enter(unknown)
    return unknown
  }

  /** DEALLOCATE and CLOSE have succeeded. */
  end({ of, name }: Ended): void {
    const table = of === 'statement' ? this.statements : this.portals
    if (name !== undefined) table.end(nameKey(name))
    else table.endWhere((item) => item.name !== '')
  }

  /** DISCARD ALL has succeeded. The unnamed statement stays. */
  discard(): void {
    this.end({ of: 'statement' })
    this.portals.endWhere(() => true)
  }

  /** DO with a PREPARE: any name may mean another statement from now on. */
  forget(): void {
    for (const item of this.statements.all()) if (item.state === 'confirmed') item.facts = undefined
  }

  /** Portals end with their transaction, all but cursors WITH HOLD. */
  transactionEnded(): void {
    this.portals.endWhere(({ hold }) => !hold)
  }

  /** The session is over. */
  dispose(): void {
    this.#budget.give(this.#bytes)
    this.#bytes = 0
  }

  #give(item: Meaning): void {
    if (item.name !== '') this.#count--
    this.#bytes -= item.bytes
    this.#budget.give(item.bytes)
  }
}

/** A portal of which nothing but the name is known. @param pipeline in which it was asked for */
export const portalOf = (name: string, text: string, pipeline: number): Portal => ({
  of: 'portal',
  name,
  bySql: true,
  text,
  approved: [],
  pipeline,
  bytes: bytesOf(name, text),
  state: 'requested',
  raise: undefined,
  searches: false,
  open: false,
  meant: undefined,
  admission: undefined,
  confirmed: false,
  prepared: undefined,
  facts: undefined,
  formats: [],
  statement: undefined,
  defines: undefined,
  hold: false,
  boundAt: -1,
  describedAt: -1,
  executed: false,
  fields: undefined,
  masks: undefined,
  used: undefined,
})
