import { HoopError } from '../../../lib/errors.js'
import type { AllowedStatement } from '../../../policy/decision.js'
import type { Raise, Used } from '../../budgets/budgets.js'
import type { Statement } from '../journal.js'
import type { Admission, Refusal } from './admission/outcome.js'
import type { Meaning, Portal, PreparedStatement } from './names/names.js'
import type { Played } from './witness/played.js'
import type { Sent } from './witness/witness.js'

/** What the server owes an answer for, in the order in which it will answer. `refused`: replaced by what makes the server raise an error at that place. */
export type Request =
  | QueryRequest
  | FunctionRequest
  | ParseRequest
  | BindRequest
  | DescribeRequest
  | ExecuteRequest
  | PlanRequest
  | AskRequest
  | WitnessRequest
  | CheckRequest
  | { readonly kind: 'close'; readonly of: 'S' | 'P'; readonly name: string }
  | SyncRequest
  /** CopyDone or CopyFail: has no answer of its own, marks where the client's COPY data end. */
  | { readonly kind: 'copy-end' }

export interface QueryRequest {
  readonly kind: 'query'
  readonly statement: Statement
  readonly refused: HoopError | undefined
  readonly admission: Admission | undefined
  /** What each statement of the text gives a name to, where it does. */
  readonly defines: readonly (Meaning | undefined)[]
  /** Statements of the text that have completed. */
  completed: number
  errored: boolean
  /** Where it is sent as an extended query. */
  readonly played?: Played | undefined
  /** What all statements of the text have used. */
  used?: Used
}

export interface FunctionRequest {
  readonly kind: 'function'
  readonly statement: Statement
  readonly refused: HoopError | undefined
  readonly raise: Raise | undefined
  used?: Used
}

export interface ParseRequest {
  readonly kind: 'parse'
  readonly meaning: PreparedStatement
  readonly refused: HoopError | undefined
  /** Sent by the relay once more: the client has had the answer. */
  readonly own?: true
}

export interface BindRequest {
  readonly kind: 'bind'
  readonly portal: Portal
  /** Of the prepared statement. */
  readonly name: string
  readonly statement: Statement
  readonly refused: HoopError | undefined
}

export interface DescribeRequest {
  readonly kind: 'describe'
  readonly of: 'S' | 'P'
  readonly name: string
  /** Put in by the relay: its answer is not for the client. */
  readonly own: boolean
}

export interface ExecuteRequest {
  readonly kind: 'execute'
  readonly portal: string
  readonly statement: Statement
  /** What it gives a name to. */
  readonly defines: Meaning | undefined
}

/** The relay's own check that what a statement rests on still holds, and all the messages that it takes. */
export interface WitnessRequest {
  readonly kind: 'witness'
  /** What it is for; undefined where that waits for its word, suspended. */
  readonly statement: Statement | undefined
  /** Messages that answer it and are still to come. */
  left: number
  readonly sent: Sent
}

/** What the server has been given to parse before it raises the error that stands for a refusal. */
export interface Check {
  /** Characters in front of each of the statements, as UTF-16 has them. */
  readonly before: readonly number[]
  /** Messages that answer each of them, the error aside. */
  readonly answers: number
}

/**
 * What stands for a text that the proof refuses, where the server parses it first: if it finds a mistake in it, the client gets
 * to know of that; if not, the refusal.
 */
export interface CheckRequest {
  readonly kind: 'check'
  readonly via: 'simple' | 'extended'
  readonly text: string
  readonly refusal: Refusal
  readonly check: Check
  /** Messages that answer it and are still to come, its error aside. */
  left: number
  /** Whether it ends the unnamed statement of the client's. */
  readonly unnamed: boolean
}

/** An EXPLAIN of the relay's own, and all the messages that it takes. */
export interface PlanRequest {
  readonly kind: 'plan'
  readonly folds: boolean
  /** What the server says against it may quote masked values. */
  readonly scrub: boolean
  /** The pipeline that it is in has no Sync yet, and must not get one: an error in it is the client's. */
  readonly open: boolean
  plan: string
  planned: boolean
  /** CloseComplete messages behind the plan that are still to come. */
  closes: number
}

/** Queries of the gateway's own in the open transaction, and all the messages that they take. */
export interface AskRequest {
  readonly kind: 'ask'
  /** See `PlanRequest`. */
  readonly open: boolean
  /** The only column of the only row, of those that have been answered with one. */
  readonly answers: (string | undefined)[]
  /** There was no room for one of the answers. */
  short: boolean
  /** Queries that have completed. */
  completed: number
  /** CloseComplete messages that are still to come. */
  closes: number
}

export interface SyncRequest {
  readonly kind: 'sync'
  /** Sent while a COPY FROM STDIN was running, which swallows it. */
  ghost: boolean
  /** Put in by the relay. */
  readonly own: boolean
}

/** The statement of a Query whose result comes now. */
export const statementAt = ({ admission, completed }: QueryRequest): AllowedStatement | undefined =>
  admission?.statements[completed]

/**
 * The head of the queue, if it is a request of that kind: anything else is an answer out of place.
 * @throws {HoopError} PROTOCOL_DESYNC
 */
export const expect = <K extends Request['kind']>(
  head: Request | undefined,
  kind: K,
): Extract<Request, { kind: K }> => {
  if (head?.kind !== kind)
    throw new HoopError('PROTOCOL_DESYNC', `an answer to ${kind}, expected one to ${head?.kind ?? 'nothing'}`)
  if ('refused' in head && head.refused) throw new HoopError('PROTOCOL_DESYNC', 'a refused statement was accepted')
  return head as Extract<Request, { kind: K }>
}
