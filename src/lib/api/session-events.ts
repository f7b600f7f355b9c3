import type { StatementMeaning } from './approvals.js'
import type { Parameter } from './parameter.js'

/**
 * What a recording holds, one JSON object a line. Values are as the client saw them: masked where it saw them masked,
 * and masked as well where it saw them clear (`seenClear` then says so). `at` is milliseconds since the session's start,
 * fractional; `n` numbers statements from 1 in the order in which they were sent.
 */
export type SessionEvent =
  StartEvent | StatementEvent | RefusalEvent | ApprovalEvent | ResultEvent | NoticeEvent | CancelEvent | EndEvent

export interface StartEvent {
  readonly type: 'start'
  readonly at: 0
  /** ISO 8601, UTC */
  readonly time: string
  readonly session: string
  readonly subject: string
  readonly name: string
  /** Of a service token: whose it is. The groups are the owner's then. */
  readonly owner?: { readonly subject: string; readonly name: string }
  readonly groups: readonly string[]
  readonly connection: string
  readonly database: string
  readonly grant: string
  /** How they proved who they are: issuer and key thumbprint; of a workload also the trust, and the claims that fitted it. */
  readonly proof: {
    readonly issuer: string
    readonly jkt: string
    readonly workload?: { readonly trust: string; readonly claims: Readonly<Record<string, string>> }
  }
  readonly reason?: string
  /** The grant was asked for in an emergency. */
  readonly breakGlass?: boolean
  readonly client: {
    readonly address?: string
    readonly application?: string
    readonly user?: string
    readonly protocol: string
  }
  readonly policy: { readonly name: string; readonly hash: string }
  readonly gateway: { readonly version: string }
  readonly server: {
    readonly version?: string
    readonly pid?: number
    /** As whom the gateway logged in. Older recordings lack it. */
    readonly user?: string
    /** As which role the session went on behind the login, where groups decide that. */
    readonly role?: string
  }
}

/** Written, and durable against the death of the gateway's process, before the statement goes upstream. */
export interface StatementEvent {
  readonly type: 'statement'
  readonly at: number
  readonly n: number
  readonly via: 'simple' | 'extended' | 'function'
  /** Cut at the recorder's text cap; `textBytes` is the whole length where it was cut. */
  readonly text: string
  readonly textBytes?: number
  readonly statementName?: string
  readonly portal?: string
  /** Text parameters as strings, binary ones as `{ hex }`, NULL as null; long ones cut to `{ cut, bytes }`. */
  readonly parameters?: readonly Parameter[]
  /** What detectors found in the text, by detector: marks stand in its place, and it isn't the text that ran. */
  readonly detected?: Readonly<Record<string, number>>
  /** The same of the parameters. */
  readonly detectedParameters?: Readonly<Record<string, number>>
  readonly kinds?: readonly string[]
  readonly reads?: readonly string[]
  readonly writes?: readonly string[]
  /** Id of the request by which it was approved; several with a space between. */
  readonly approval?: string
  /** Rows that the planner expected, where a rule asked for them. */
  readonly estimate?: number
  /** It was refused by the proof and never ran; the server, which parsed it before that, found a mistake in it. */
  readonly checked?: true
  /** Rules that warned; the client got a notice for each. */
  readonly warnings?: readonly RuleNote[]
  /** Rules that would have applied, under a policy that only observes. */
  readonly observed?: readonly RuleNote[]
  /** State of the transaction as the server had said last when it was sent. */
  readonly transaction?: 'I' | 'T' | 'E'
}

export interface RuleNote {
  readonly rule: string
  readonly do: 'warn' | 'approve' | 'block'
  readonly message?: string
}

export type { Parameter } from './parameter.js'

/** A statement that policy refused: it was never sent upstream. */
export interface RefusalEvent {
  readonly type: 'refusal'
  readonly at: number
  readonly n: number
  readonly text: string
  readonly textBytes?: number
  readonly code: string
  readonly sqlstate: string
  readonly message: string
  /** What detectors found in text and message, by detector: marks stand in its place. */
  readonly detected?: Readonly<Record<string, number>>
  readonly rule?: string
  /** Id of the request for an approval that was not given, or not in time. */
  readonly approval?: string
  /** What it would have done, where the policy reads statements. */
  readonly kinds?: readonly string[]
  readonly reads?: readonly string[]
  readonly writes?: readonly string[]
  readonly transaction?: 'I' | 'T' | 'E'
}

/**
 * A statement that needs an approval, and what became of it. `requested` comes when it is held (or refused, to be run
 * again once approved), then one of the others; the statement or refusal that follows carries the same id.
 */
export interface ApprovalEvent {
  readonly type: 'approval'
  readonly at: number
  readonly id: string
  readonly outcome: 'requested' | 'approved' | 'standing' | 'break-glass' | 'denied' | 'expired' | 'withdrawn'
  readonly rule: string
  /** Of `requested` and `break-glass`. */
  readonly text?: string
  /** Of the same: as which user of the database it runs, and what its names stand for. */
  readonly meaning?: StatementMeaning
  readonly parameters?: readonly Parameter[]
  /** What detectors found in text, parameters and reasons, by detector: marks stand in its place. */
  readonly detected?: Readonly<Record<string, number>>
  /** Who decided. */
  readonly by?: readonly { readonly subject: string; readonly name: string; readonly reason?: string }[]
  /** The requester's reason; of `withdrawn`, why. */
  readonly reason?: string
}

export interface ResultEvent {
  readonly type: 'result'
  readonly at: number
  readonly n: number
  /** CommandComplete's tag, `suspended`, `empty`, `error`, `skipped` (an earlier one in its pipeline failed), `cut` (the connection ended first). */
  readonly tag: string
  readonly columns?: readonly ResultColumn[]
  /** The first rows, up to the recorder's cap; text as strings, binary as `{ hex }`. */
  readonly rowsSeen?: readonly (readonly Parameter[])[]
  /** COPY data as the client saw it, up to the cap, base64. */
  readonly copySeen?: string
  /**
   * Why `rowsSeen` or `copySeen` isn't all: the policy keeps no values, or it keeps every row and there was no more room for this
   * result, or for the session. Absent where everything is there, and under a sample, where counts tell.
   */
  readonly unkept?: 'policy' | 'result' | 'session'
  readonly rows: number
  readonly bytes: number
  readonly masked: number
  /** By column, of all rows as the client saw them: values that weren't NULL, and their bytes. */
  readonly columnValues?: readonly number[]
  readonly columnBytes?: readonly number[]
  /** Of a COPY, where the policy has it counted: vectors that left as they are. Of rows, `columns` and `columnValues` tell. */
  readonly vectors?: number
  /** What detectors found in columns without a mask, by detector; the values here are without it. */
  readonly detected?: Readonly<Record<string, number>>
  /** COPY FROM STDIN: bytes the client sent. */
  readonly copyInBytes?: number
  /** Milliseconds between the statement's being forwarded and its end. */
  readonly duration: number
  readonly sqlstate?: string
  readonly message?: string
  /** SHA-256 of the DataRow/CopyData stream as the client saw it, hex. */
  readonly digest?: string
  readonly transaction?: 'I' | 'T' | 'E'
  /** The text that really ran, where it is not the recorded one (a Parse that was skipped after an error in a pipeline). */
  readonly ran?: string
  readonly seenClear?: boolean
}

export interface ResultColumn {
  readonly name: string
  readonly type: number
  /** `schema.table.column`; of a value that was computed from masked columns, all of them with commas between. */
  readonly table?: string
  /** Of a value that was computed from masked columns: these. */
  readonly from?: readonly string[]
  readonly mask?: string
  /** Masked here, and seen clear by the person. */
  readonly clear?: true
  /** Its type is one of pgvector's. */
  readonly vector?: true
  /** Detectors that found something in it. */
  readonly detected?: readonly string[]
}

export interface NoticeEvent {
  readonly type: 'notice'
  readonly at: number
  readonly kind: 'notice' | 'notification' | 'parameter'
  readonly message: string
  /** What detectors found in it beyond what they took out before it left. */
  readonly detected?: Readonly<Record<string, number>>
}

export interface CancelEvent {
  readonly type: 'cancel'
  readonly at: number
}

export interface EndEvent {
  readonly type: 'end'
  readonly at: number
  readonly time: string
  readonly end: 'closed' | 'aborted' | 'killed' | 'lapsed' | 'failed'
  readonly reason?: string
  /** Who ended the session, where somebody did. */
  readonly by?: { readonly subject: string; readonly name: string }
  readonly counters: Readonly<Record<string, number>>
}
