import type { HoopError } from '../../lib/errors.js'
import type { ApprovalRule, Estimate, RecordedFacts } from '../../policy/decision.js'
import type { ApprovalEvent } from '../../recording/events.js'
import type { ErrorFields } from '../../wire/error-fields.js'
import type { BoundText } from '../../wire/explain.js'
import type { Question } from './estimates.js'

/** What a wait came to. An approval is for one rule; what policy says at that moment still comes first. */
export type Verdict =
  | {
      readonly kind: 'approved'
      readonly rule: string
      /** Rules that it was asked for beside. */
      readonly others?: readonly string[]
      /** Ids of requests, with a space between. */
      readonly approval: string
    }
  | { readonly kind: 'estimated'; readonly estimate: Estimate }
  /** The catalog was read again. */
  | { readonly kind: 'renewed' }
  | {
      readonly kind: 'refuse'
      readonly error: HoopError
      readonly rule?: string | undefined
      readonly approval?: string | undefined
    }

/** Where a wait takes place; known once every earlier request has its reply. */
export interface WaitPlace {
  /** A transaction is open, or messages that no Sync has ended: while it waits, locks are held. */
  readonly inTransaction: boolean
  /** Tells the client something, between two messages. */
  notice(fields: ErrorFields): void
  /** Asks the server's planner, in this very session: its tables, its settings, its transaction. */
  plan(question: Question, bound: Omit<BoundText, 'text'>): Promise<Estimate>
}

/**
 * A message at which the client's side has stopped until something outside has answered. Nothing of it, and nothing
 * behind it, has gone upstream.
 */
export interface Wait {
  /** Begins once every earlier request has its reply. `signal` ends it, and nobody looks at its verdict then. */
  begin(place: WaitPlace, signal: AbortSignal): Promise<Verdict>
  /** Forwards the message, or what refuses it; or stops again, where policy now wants another approval. Called once. */
  end(verdict: Verdict): void
}

/** A statement that somebody has to approve. Parameters are as they came; their buffers stay valid. */
export interface HeldStatement {
  readonly text: string
  readonly parameters: readonly (Buffer | null)[]
  readonly parameterFormats: readonly number[]
  /** The types that Parse declared, where it did: OIDs of four bytes each. */
  readonly parameterTypes?: Buffer | undefined
  readonly rule: ApprovalRule
  /** Rules that want approvals of their own. */
  readonly others?: readonly ApprovalRule[] | undefined
  readonly facts: readonly RecordedFacts[]
}

/** Who asks for approvals on behalf of one session. */
export interface Gate {
  pass(statement: HeldStatement, place: WaitPlace, record: Note, signal: AbortSignal): Promise<Verdict>
}

/** Writes into the session's recording. */
export type Note = (event: Omit<ApprovalEvent, 'type' | 'at'>) => void
