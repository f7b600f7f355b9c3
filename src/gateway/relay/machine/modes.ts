import type { HoopError } from '../../../lib/errors.js'
import type { Backlog } from './suspension/backlog.js'
import type { Given, Verdict, Wants } from './suspension/suspension.js'

/**
 * Where a session stands, beside what the server owes. docs/architecture.md draws it; the names are those of this union.
 * @see PostgreSQL documentation, "Message Flow"
 */
export type Mode = AnswerMode | Suspended | { readonly kind: 'ending' }

/** How answers are read: also while the client's side is suspended, since earlier requests are still being answered. */
export type AnswerMode = typeof normal | typeof skipping | CopyIn | Withheld

/** Nothing out of the ordinary. */
export const normal = { kind: 'normal' } as const

/** The extended query has failed, and its Sync has not come yet: the server ignores what does. */
export const skipping = { kind: 'skipping' } as const

/** The statement at the head is a COPY FROM STDIN that has begun. */
export interface CopyIn {
  readonly kind: 'copyIn'
  /** The server takes data, and the client has not ended them: a Sync sent now is swallowed. */
  readonly open: boolean
}

/** Everything of a result is swallowed up to its ReadyForQuery, and in its place goes one error. */
export interface Withheld {
  /** `overBudget`: a budget is used up, and the server has not ended yet what it is to be cancelled in. */
  readonly kind: 'withheld' | 'overBudget'
  readonly error: HoopError
  /** The client has got the error. */
  readonly told: boolean
  /** No Sync of the client's is on its way: up to that the server must not see what it would have ignored. */
  readonly dropping: boolean
}

/**
 * The client's side has stopped at one message. Nothing of it, and nothing behind it, has gone upstream. First every
 * earlier request gets its reply, so that the transaction's state is known and nothing overtakes anything.
 */
export interface Suspended {
  readonly kind: 'suspended'
  readonly wants: Wants
  /** The message, to be taken up again; its buffer stays as it is. */
  readonly message: { readonly tag: number; readonly buffer: Buffer; readonly start: number; readonly end: number }
  readonly given: Given
  readonly backlog: Backlog
  stage: 'draining' | 'waiting' | 'withdrawing'
  /** What it came to, once that is known. */
  verdict: Verdict | undefined
  /** How earlier requests are answered meanwhile. */
  answers: AnswerMode
}

/** Complete by type: it does not compile where a mode is missing in it. */
const modes: Readonly<Record<Mode['kind'], true>> = {
  normal: true,
  skipping: true,
  copyIn: true,
  withheld: true,
  overBudget: true,
  suspended: true,
  ending: true,
}

export const modeNames: readonly string[] = Object.keys(modes)

export const isWithheld = (mode: AnswerMode | { readonly kind: 'ending' }): mode is Withheld =>
  mode.kind === 'withheld' || mode.kind === 'overBudget'
