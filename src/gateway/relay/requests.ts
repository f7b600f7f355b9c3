import type { HoopError } from '../../lib/errors.js'
import type { AllowedStatement, Estimate } from '../../policy/decision.js'
import type { ColumnMask } from '../../masking/types.js'
import type { Field } from '../../wire/backend.js'
import type { Raise, Spent } from '../budgets/lines.js'
import type { Statement } from './journal.js'

/** A prepared statement as the server knows it. */
export interface Prepared {
  readonly text: string
  /** What the policy found; undefined where there is no guard. */
  readonly allowed: AllowedStatement | undefined
  /** From a Describe of the statement: names for the recording, nothing that masks rely on. */
  fields?: readonly Field[]
}

/** A portal as the server knows it. */
export interface Portal {
  readonly prepared: Prepared | undefined
  /** What the policy found when the portal was bound. */
  readonly allowed: AllowedStatement | undefined
  /** Result formats of its Bind. */
  readonly formats: readonly number[]
  /** From a Describe of this portal, which is exact for as long as the portal lives. */
  fields?: readonly Field[]
  masks?: readonly (ColumnMask | undefined)[]
  /** Budgets that it may go beyond. */
  readonly raise?: Raise | undefined
  /** What was fetched from it so far counts against one statement's budget. */
  spent?: Spent
}

/** What the server owes an answer for, in the order in which it will answer. `refused`: replaced by what makes the server raise an error at that place. */
export type Request =
  | QueryRequest
  | { readonly kind: 'function'; readonly statement: Statement; readonly refused: HoopError | undefined }
  | ParseRequest
  | BindRequest
  | DescribeRequest
  | { readonly kind: 'execute'; readonly portal: string; readonly statement: Statement }
  | EstimateRequest
  | { readonly kind: 'close'; readonly of: 'S' | 'P'; readonly name: string }
  /** `ghost`: sent while a COPY FROM STDIN was running, which swallows it. `own`: put in by the relay. */
  | { readonly kind: 'sync'; ghost: boolean; readonly own: boolean }
  /** CopyDone or CopyFail: has no answer of its own, marks where the client's COPY data end. */
  | { readonly kind: 'copy-end' }

export interface QueryRequest {
  readonly kind: 'query'
  readonly statement: Statement
  readonly refused: HoopError | undefined
  readonly allowed: readonly AllowedStatement[]
  /** Statements of the text that have completed. */
  /** Budgets that it may go beyond. */
  readonly raise?: Raise | undefined
  completed: number
  errored: boolean
  /** What all statements of the text have used. */
  spent?: Spent
}

export interface ParseRequest {
  readonly kind: 'parse'
  readonly name: string
  readonly prepared: Prepared
  readonly refused: HoopError | undefined
}

export interface BindRequest {
  readonly kind: 'bind'
  readonly portal: string
  readonly name: string
  readonly text: string
  readonly formats: readonly number[]
  readonly statement: Statement
  /** The policy's word at this Bind, which is newer than the Parse's. */
  readonly allowed: AllowedStatement | undefined
  readonly refused: HoopError | undefined
  readonly raise?: Raise | undefined
}

export interface DescribeRequest {
  readonly kind: 'describe'
  readonly of: 'S' | 'P'
  readonly name: string
  /** Put in by the relay: its answer is not for the client. */
  readonly own: boolean
}

/** An EXPLAIN of the relay's own, and all the messages that it takes. */
export interface EstimateRequest {
  readonly kind: 'estimate'
  readonly folds: boolean
  /** What the server says against it may quote masked values. */
  readonly scrub: boolean
  /** The pipeline that it is in has no Sync yet, and must not get one: an error in it is the client's. */
  readonly open: boolean
  plan: string
  planned: boolean
  /** CloseComplete messages behind the plan that are still to come. */
  closes: number
  readonly answer: (estimate: Estimate) => void
}

const SHRINK = 1024

/** A first-in-first-out queue whose ends cost the same however long it is. */
export class Queue<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  peek(): T | undefined {
    return this.#items[this.#head]
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#items[this.#head++] = undefined
    if (this.#head === this.#items.length) {
      this.#items.length = this.#head = 0
    } else if (this.#head > SHRINK && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  some(test: (item: T) => boolean): boolean {
    for (const item of this) if (test(item)) return true
    return false
  }

  /**
   * Takes out what stands behind the head for as long as `take` says so; `take` sees each one once.
   * @returns how many were taken out
   */
  removeBehindHead(take: (item: T) => boolean): number {
    const from = this.#head + 1
    let to = from
    while (to < this.#items.length && take(this.#items[to]!)) to++
    this.#items.splice(from, to - from)
    return to - from
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = this.#head; i < this.#items.length; i++) yield this.#items[i]!
  }
}
