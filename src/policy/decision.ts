import type { Approvers } from './config/policy/approvers.js'
import type { HoopError } from '../lib/errors.js'
import type { ColumnMask } from '../masking/types.js'
import type { AskSession } from '../sql/catalog.js'
import type { Premise } from '../sql/witness/parameters.js'
import type { NamedObject } from '../sql/facts.js'
import type { Field } from '../wire/backend.js'
import type { AllowedStatement, RecordedFacts } from './allowed-statement.js'
import type { Scans } from './masks/scans.js'

export type { AllowedStatement, Premise, RecordedFacts }

/** What is to happen to a text of one or more statements. Cached per text and catalog epoch; frozen. */
export type Decision = Allowed | Held | Refused | Unestimated

/** What every decision that lets something through carries. */
interface Resting {
  /** What it rests on beside the premises of its statements: of what they run by a name. */
  readonly behind?: readonly Premise[]
}

export interface Allowed extends Resting {
  readonly kind: 'allow'
  /** Per top-level statement of the text, in order. Empty where the policy needs no parsing. */
  readonly statements: readonly AllowedStatement[]
  /** Rules with `do: warn` that apply: each is a notice in front of the statement's reply. */
  readonly warnings?: readonly RuleMatch[]
  /** What the rules would have done, where the policy only observes. */
  readonly observed?: readonly RuleMatch[]
  /** Hours, or who asks, may decide otherwise another time. */
  readonly open?: boolean
}

/** What is done depends on how many rows the planner expects: ask it, and then again with the asker's `estimate`. */
export interface Unestimated extends Resting {
  readonly kind: 'estimate'
  /** As they run, should they. */
  readonly statements: readonly AllowedStatement[]
  /** What EXPLAIN takes, with the statement's parameters; empty: the EXECUTE that runs it. */
  readonly sql: string
  /** One row that comes out can hold many that went in. */
  readonly folds: boolean
}

/** How many rows the planner expects to come out or to be written, or why that isn't known; `failed`: the server refuses the statement. */
export type Estimate = { readonly rows: number } | { readonly unknown: string; readonly failed?: boolean }

/** Somebody has to approve it first. */
export interface Held extends Resting {
  readonly kind: 'hold'
  /** As they run once approved. */
  readonly statements: readonly AllowedStatement[]
  readonly rule: ApprovalRule
  /** Rules that want approvals of their own. */
  readonly others?: readonly ApprovalRule[]
  readonly warnings?: readonly RuleMatch[]
  readonly observed?: readonly RuleMatch[]
}

export interface RuleMatch {
  readonly rule: string
  readonly do: 'warn' | 'approve' | 'block'
  readonly message?: string
}

export interface ApprovalRule {
  readonly name: string
  readonly message?: string
  readonly approvers: Approvers
  /** Milliseconds that a request waits for its approvers. */
  readonly expires: number
  /** Absent: wait outside of a transaction, refuse with the request's id inside one. */
  readonly mode?: 'wait' | 'retry'
}

/** Who asks, and when: what a rule may know beside the statement. */
export interface Asker {
  readonly subject: string
  readonly groups: readonly string[]
  /** A service or a CI job, no human. */
  readonly program: boolean
  /** `application_name` as the client gave it when it connected; anybody may claim any. */
  readonly application?: string
  readonly now: Date
  /** Where the planner was asked about the statement. */
  readonly estimate?: Estimate | undefined
  /** What PREPARE or DECLARE gave a name to is about to be run. */
  readonly running?: boolean
  /** Whether the session has made a relation and nobody else can have to do with it. */
  readonly owns?: (object: NamedObject) => boolean
}

export interface Refused {
  readonly kind: 'refuse'
  readonly error: HoopError
  readonly rule?: string
  readonly facts?: readonly RecordedFacts[]
  /** By another catalog it might be decided otherwise. */
  readonly rests?: boolean
  /**
   * The statement of the text, from 0, that can't be proved harmless, where it may as well be mistaken: what the server says
   * of it when it parses it, as far as this one, is what the client should hear first.
   */
  readonly doubted?: number
}

export interface ColumnOrigin {
  /** `schema.table.column`, where the server names it and the catalog knows it. */
  readonly column?: string
  /** It is of one of pgvector's types. */
  readonly vector?: true
}

/**
 * One session's policy, as the relay asks for it. `undefined` in place of a Guard means: no masks, no rules; everything
 * is forwarded as it is and nothing is parsed.
 */
export interface Guard {
  /**
   * Decides on a text before it is forwarded (Query or Parse). What can't be decided is refused.
   * @throws {Unread} of a very long text that has to be prepared first, and nothing else
   */
  decide(text: string, asker: Asker): Decision
  /**
   * Does the work for a long text elsewhere, or in turns of a few milliseconds, so that `decide` has its answer at once and
   * nobody waits. Whoever doesn't call it for one that is long, and not very long, gets the same decision from `decide`, later.
   * @param person the account that it counts against, while others wait too
   * @param signal nobody waits for it any more
   * @returns undefined where `decide` takes no time to speak of
   * @throws {HoopError} why a very long text can't be read: it can't be decided on then
   */
  prepare?(text: string, person: string, signal?: AbortSignal): Promise<void> | undefined
  /** Whether it has to be prepared: `decide` would take long enough for others to notice, or can't do it. */
  slow?(text: string): boolean
  /** Where the statements of a text stand that was prepared (`Analysis`). */
  spans?(text: string): ArrayLike<number> | undefined
  /**
   * The masks for a result, by the origin that RowDescription reports and by what the analysis expects.
   * `statement` is undefined where the relay can't tell which statement the result belongs to: what the server doesn't
   * name the origin of is then redacted.
   * @returns undefined where no column is masked; a HoopError where analysis and server disagree: the statement must be
   * stopped before its first row.
   */
  masks(
    fields: readonly Field[],
    statement: AllowedStatement | undefined,
  ): readonly (ColumnMask | undefined)[] | undefined | HoopError
  /** What is known of a result's column beside its masks, for the record; absent where nothing rests on a catalog. */
  readonly origin?: ((field: Field) => ColumnOrigin) | undefined
  /** A statement with `ddl` succeeded: the catalog is stale. Resolves when a new snapshot is in force. */
  refresh(): Promise<void>
  /**
   * Sees that the catalog is of a moment after this call, and reads it again if it has changed; absent where it never does.
   * @param inTransaction whether an open transaction waits for it
   * @returns undefined where there is nothing to wait for
   */
  renew?(inTransaction: boolean): Promise<unknown> | undefined
  /**
   * The same policy by the catalog as the open transaction of one session sees it: for that session, until it ends. Absent
   * where nothing rests on a catalog.
   * @throws what reading it throws
   */
  readonly own?: ((ask: AskSession) => Promise<Guard>) | undefined
  /** The catalog in force: another object whenever it is another. Absent where nothing rests on one. */
  readonly catalog?: object | undefined
  /**
   * The parameters of the witness (`writeWitness`), in text format, that testifies to all of these premises; absent where
   * the policy rests on no catalog. Called for every execution.
   * @returns undefined where there are no premises, and so nothing to testify to
   */
  readonly witness?: ((premises: readonly Premise[]) => readonly Buffer[] | undefined) | undefined
  /** Whether this person sees the clear values; recordings are masked all the same. */
  readonly clear: boolean
  /** What is done to columns that have no mask; undefined where the policy has no detectors. */
  readonly scans?: Pick<Scans, 'ofFields' | 'ofCopy' | 'ofText' | 'ofRecorded'> | undefined
  /** Whether the policy has masks or detectors; without, the relay asks for no descriptions and masks nothing. */
  readonly masking: boolean
  /** How much one session may find out about masked values by asking; absent where nothing is capped. */
  readonly caps?:
    | {
        readonly maskedErrors: number
        /** Rows of a search. */ readonly k: number
        /** Vectors. */ readonly queries: number
      }
    | undefined
  /** Key of hashes and of the vectors that stand in for masked ones. */
  readonly maskKey: Buffer
}
