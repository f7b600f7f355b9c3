import type { ColumnMask, CopyShape } from '../masking/types.js'
import type {
  Ended,
  Guess,
  Isolation,
  Made,
  Named,
  NamedObject,
  Nearest,
  Output,
  StatementFacts,
} from '../sql/facts.js'
import type { Premise } from '../sql/witness/parameters.js'

/** The part of the facts that goes into the recording. */
export interface RecordedFacts {
  readonly kinds: readonly string[]
  readonly reads: readonly string[]
  readonly writes: readonly string[]
}

export interface AllowedStatement extends RecordedFacts {
  /** The statement's own kind (`select`, `copy`, …). */
  readonly kind: string
  /** Error, notice texts and details must lose values: the statement touches masked columns. */
  readonly scrub: boolean
  /** What it fails by are types, constants and values that anybody may see: its errors may keep their text. */
  readonly quiet?: true
  /** The schema changes when this succeeds. */
  readonly ddl: boolean
  /** Whether rows may come out of it, as far as its form says; absent means that they may. */
  readonly returns?: boolean
  /** Names that the catalog in force doesn't know, as written: what was decided may not hold of them. */
  readonly unknown?: readonly string[]
  /** Relations that it makes: the session's own for a while. */
  readonly makes?: readonly Made[]
  /** All that it changes, where that may be the session's own. */
  readonly changes?: readonly NamedObject[]
  /** BEGIN and SET: which state of the catalog queries see from then on. */
  readonly isolation?: Isolation
  /** Of ALTER: no relation has another name afterwards. */
  readonly keepsNames?: true
  /** What the decision rests on in the catalog: shared by equal statements. Absent where it rests on nothing there. */
  readonly premise?: Premise
  /** The server may refuse to run it behind anything else in its pipeline. */
  readonly alone?: true
  /** Searches on masked vectors, which are capped. */
  readonly nearest?: readonly Nearest[]
  /** Questions about masked values that it answers, where they are counted. */
  readonly guesses?: readonly Guess[]
  /** EXECUTE: what it gives for the parameters. */
  readonly arguments?: StatementFacts['arguments'] & {}
  /** FETCH: the cursor that it reads from. DECLARE: the one that it opens. */
  readonly cursor?: string
  /** COPY … TO STDOUT with a line of column names in front. */
  readonly header?: boolean
  /** Every output column in order, where a masked relation is read: what RowDescription has to bear out. */
  readonly outputs?: readonly Output[]
  /** PREPARE and DECLARE: what EXECUTE and FETCH of that name yield once this has succeeded. */
  readonly defines?: Named & { readonly hold?: true; readonly outputs?: readonly Output[] }
  /** EXECUTE and FETCH: whose columns come out. */
  readonly runs?: Named
  /** DEALLOCATE and CLOSE: which names mean nothing once this has succeeded. */
  readonly ends?: Ended
  /** EXECUTE: what EXPLAIN takes to plan it, where its arguments need no computing. */
  readonly planned?: string
  /** For every COPY … TO STDOUT: how its stream is written. */
  readonly stream?: Omit<CopyShape, 'columns'>
  /** For COPY … TO STDOUT of masked columns: a mask per column, what they are called, and how the stream is written. */
  readonly copy?: {
    readonly masks: readonly (ColumnMask | undefined)[]
    readonly names: readonly (string | undefined)[]
    readonly shape: CopyShape
  }
}
