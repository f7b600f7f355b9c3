import type { HoopError } from '../../../../lib/errors.js'
import type { ApprovalRule, Estimate, RecordedFacts } from '../../../../policy/decision.js'
import type { ApprovalEvent } from '../../../../recording/events.js'
import type { ErrorFields } from '../../../../wire/error-fields.js'
import type { BoundText } from '../../../../wire/explain.js'
import type { MachineGuard } from '../guard.js'
import type { Question } from './planner.js'

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
  /** The catalog was looked at; `current`: in time, so that it is of a moment after that was asked for. */
  | { readonly kind: 'renewed'; readonly current: boolean }
  /** Whatever was sent before has its answer. */
  | { readonly kind: 'answered' }
  /** A long text has been decided on, as far as that takes time. */
  | { readonly kind: 'decided' }
  /** The server has confirmed what the decision rests on. */
  | { readonly kind: 'confirmed'; readonly parameters: readonly Buffer[] }
  /** It is no longer so. */
  | { readonly kind: 'changed'; readonly error: HoopError }
  /** The server was only asked: it is so; or that has changed. */
  | { readonly kind: 'stands'; readonly parameters: readonly Buffer[] }
  | { readonly kind: 'moved'; readonly what: string }
  /** The catalog was read as the open transaction sees it. @param guard absent where the server would run nothing */
  | { readonly kind: 'followed'; readonly guard: MachineGuard | undefined }
  /** Others have had their turn. */
  | { readonly kind: 'turn' }
  | RefusedVerdict

export interface RefusedVerdict {
  readonly kind: 'refuse'
  readonly error: HoopError
  readonly rule?: string | undefined
  readonly approval?: string | undefined
}

/** What a request waits for before it is admitted. */
export type Wants =
  | { readonly kind: 'approval'; readonly held: HeldStatement }
  /** The planner's word, which the machine asks for by itself. */
  | { readonly kind: 'estimate'; readonly question: Question; readonly bound: Omit<BoundText, 'text'> }
  /** A catalog that was read, or found unchanged, after the request came. */
  | { readonly kind: 'catalog'; /** Without it, the statement is refused. */ readonly needed?: true }
  /** The answers to what was sent before, by which it is known what a name means. */
  | { readonly kind: 'answers' }
  /** The server's word that what the decision rests on is as it was analysed. The machine asks for it by itself. */
  | { readonly kind: 'witness'; readonly parameters: readonly Buffer[] }
  /** The decision on a long text, which is worked out elsewhere, or in turns. */
  | { readonly kind: 'decision'; readonly text: string; readonly by: MachineGuard }
  /** The server's word whether that is so, where its transaction has to go on either way. The machine asks for it by itself. */
  | { readonly kind: 'standing'; readonly parameters: readonly Buffer[] }
  /** The catalog as the open transaction sees it, with all that it has changed itself: read over its own connection. */
  | { readonly kind: 'own' }
  /**
   * Turns between parts of what is being put together for the server: `next` is the next part, and whether it was the last.
   * After `cancel` that is an error.
   */
  | { readonly kind: 'turn'; readonly next: () => boolean; readonly cancel: () => void }

/** The outcome of an admission that has to wait. */
export interface Waiting {
  readonly kind: 'waits'
  readonly wants: Wants
}

/** What the waits of one message came to: an approval is for its rules, and for nothing else. */
export interface Given {
  /** The catalog is as new as can be. */
  readonly renewed?: boolean
  /** Whether the catalog is of a moment after all other waits; undefined where nobody has looked since. */
  readonly current?: boolean | undefined
  /** Long texts that were decided on for it. */
  readonly readings?: number
  /** What the server has confirmed, as parameters of its witness. */
  readonly confirmed?: readonly Buffer[]
  /** What the decision rested on had changed. */
  readonly changed?: HoopError | undefined
  /** What the server says is so, in a transaction that has changed the schema. */
  readonly stands?: readonly Buffer[]
  /** What it says is not so. */
  readonly moved?: string | undefined
  /** The catalog was read as the open transaction sees it, since the request came. */
  readonly followed?: boolean
  /** How often something had changed. */
  readonly attempts: number
  readonly answered?: boolean
  readonly estimate?: Estimate
  readonly rules: readonly string[]
  readonly approvals: readonly string[]
  readonly refused?: RefusedVerdict
}

export const nothing: Given = { rules: [], approvals: [], attempts: 0 }

export const add = (given: Given, verdict: Verdict): Given => {
  if (verdict.kind === 'renewed') return { ...given, renewed: true, current: verdict.current, changed: undefined }
  if (verdict.kind === 'confirmed') return { ...given, confirmed: verdict.parameters }
  return { ...later(given, verdict), current: undefined }
}

const later = (given: Given, verdict: Exclude<Verdict, { kind: 'renewed' | 'confirmed' }>): Given => {
  if (verdict.kind === 'decided') return { ...given, readings: (given.readings ?? 0) + 1 }
  if (verdict.kind === 'changed') return { ...given, changed: verdict.error, attempts: given.attempts + 1 }
  if (verdict.kind === 'stands') return { ...given, stands: verdict.parameters }
  if (verdict.kind === 'moved') return { ...given, moved: verdict.what, attempts: given.attempts + 1 }
  if (verdict.kind === 'followed') return { ...given, followed: true, moved: undefined }
  if (verdict.kind === 'turn') return given
  if (verdict.kind === 'answered') return { ...given, answered: true }
  if (verdict.kind === 'estimated') return { ...given, estimate: verdict.estimate }
  if (verdict.kind === 'refuse') return { ...given, refused: verdict }
  return {
    ...given,
    rules: [...given.rules, verdict.rule, ...(verdict.others ?? [])],
    approvals: [...given.approvals, verdict.approval],
  }
}

/** A statement that somebody has to approve. Parameters are as they came; their buffers stay valid. */
export interface HeldStatement {
  /** As it was sent, and nothing else. */
  readonly text: string
  /** Texts that it runs by a name, each once: an approval is for what is run, not for the name that it goes by. */
  readonly named: readonly string[]
  /** Where it is not the usual one: by the same names other tables may go then. */
  readonly searchPath?: string
  readonly parameters: readonly (Buffer | null)[]
  readonly parameterFormats: readonly number[]
  /** The types that Parse declared, where it did: OIDs of four bytes each. */
  readonly parameterTypes?: Buffer | undefined
  readonly rule: ApprovalRule
  /** Rules that want approvals of their own. */
  readonly others?: readonly ApprovalRule[] | undefined
  readonly facts: readonly RecordedFacts[]
}

/** Where a wait takes place; known once every earlier request has its reply. */
export interface WaitPosition {
  /** A transaction is open, or messages that no Sync has ended: while it waits, locks are held. */
  readonly inTransaction: boolean
  /** Tells the client something, between two messages. */
  notice(fields: ErrorFields): void
}

/** Who asks for approvals on behalf of one session. */
export interface Gate {
  pass(statement: HeldStatement, position: WaitPosition, record: Note, signal: AbortSignal): Promise<Verdict>
}

/** Writes into the session's recording. @param bound parameters of what is asked for: the event gets them from here */
export type Note = (
  event: Omit<ApprovalEvent, 'type' | 'at' | 'detected' | 'parameters'>,
  bound?: Pick<HeldStatement, 'parameters' | 'parameterFormats'>,
) => void
