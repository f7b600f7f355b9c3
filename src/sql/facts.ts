import type { CopyFormat } from '../wire/copy-format.js'
import type { Premise } from './witness/parameters.js'

/**
 * What the policy may know of a statement, taken from PostgreSQL's own parser and a snapshot of the catalog.
 * Pure data: the analyser makes it, rules and masks read it.
 */
/** A literal LIMIT, `all` where there is none, `unknown` where it can't be read off. */
export type Limit = number | 'all' | 'unknown'

/** One top-level statement of a text. */
export interface StatementFacts {
  /** Its own kind: `select`, `insert`, `drop`, `copy`, `begin`, … (lower case, the SQL command's first word or two). */
  readonly kind: string
  /** Its own kind and those of everything inside it: CTEs, EXPLAIN ANALYZE, PREPARE, COPY (query), DO bodies, … */
  readonly kinds: readonly string[]
  /** The same in two or three words, where that says more: `drop table`, `copy program`, `vacuum full`. */
  readonly details: readonly string[]
  /** Qualified where the catalog resolves them, else as written. */
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  readonly functions: readonly string[]
  /** Of what is read or called by it, names that the catalog doesn't know, as written. */
  readonly unknown?: readonly string[]
  /** Columns read or written, `schema.table.column`: by name, so that a column of the same name elsewhere counts too. */
  readonly columns: readonly string[]
  /** Partitions and children of what is read and written, unless it says ONLY. */
  readonly below: { readonly reads: readonly string[]; readonly writes: readonly string[] }
  /** Embeddings that are read (how many rows at most) and written. */
  readonly vectors: { readonly read: boolean; readonly limit: Limit; readonly written: boolean }
  /** Why it may do anything, where it may: its kinds have `dynamic` among them. */
  readonly dynamic?: string
  /** Of UPDATE, DELETE and MERGE, wherever they stand: `missing` if any of them has no WHERE, or one that leaves out nothing. */
  readonly where: 'present' | 'missing' | 'none'
  /** Of statements on indexes and the like, wherever they stand: `missing` if any of them doesn't say CONCURRENTLY. */
  readonly concurrently: 'present' | 'missing' | 'none'
  /** Rows that come out, or go into another table: the largest that any part allows. */
  readonly limit: Limit
  /** The same for each relation read. */
  readonly limits: ReadonlyMap<string, Limit>
  /** How the planner can be asked how many rows it is about: where that was wanted, and where it is about any. */
  readonly rows?: Countable
  /** Relations that get another name, by their OIDs. */
  readonly renamed?: readonly (readonly [name: string, relation: number])[]
  /** Per output column, where the analyser could tell and a masked relation is read; `undefined` means none is read. */
  readonly outputs?: readonly Output[]
  /** COPY … TO: what its columns are called, as far as that is worked out. The server doesn't say it. */
  readonly names?: readonly (string | undefined)[]
  /** Tables, views and sequences that it makes. */
  readonly makes?: readonly Made[]
  /** All that it changes, where nobody else has anything by these names: what the session made, if it made them. */
  readonly changes?: readonly NamedObject[]
  /** Of ALTER: no relation has another name afterwards. */
  readonly keepsNames?: true
  /** PREPARE and DECLARE: the name that they give, and what it yields when it is run later. */
  readonly defines?: Named & { readonly hold?: true; readonly outputs?: readonly Output[] }
  /** EXECUTE and FETCH: whose columns come out. */
  readonly runs?: Named
  /** EXECUTE: what it gives for the parameters, as one value each and as the members of an array. */
  readonly arguments?: readonly { readonly one: Given; readonly members: readonly Given[] }[]
  /** DEALLOCATE and CLOSE: which names mean nothing afterwards. */
  readonly ends?: Ended
  /** Searches for the rows nearest to a vector of the client's choice, on masked vectors. */
  readonly nearest?: readonly Nearest[]
  /** Questions about masked values that the answer settles, where the policy counts them. */
  readonly guesses?: readonly Guess[]
  /** BEGIN and SET: which state of the catalog queries see from then on. */
  readonly isolation?: Isolation
  readonly copy?: CopyFacts
  /** Whether a masked relation is read or written: error texts are then scrubbed of values. */
  readonly touchesMasked: boolean
  /** A masked relation is read, and yet no error depends on masked values: they go into nothing that is computed. */
  readonly quiet?: true
  /** Why this statement can't be let through where masks are in force. */
  readonly unproven?: Unproven
  /** What all this rests on in the catalog; absent where it rests on nothing there. */
  readonly premise?: Premise
  /** Changes the schema: the catalog snapshot is stale afterwards. */
  readonly ddl: boolean
}

export type Countable = (
  | {
      /** What EXPLAIN takes; it has the statement's parameters. */
      readonly sql: string
      /** One row that comes out can hold many that went in. */
      readonly folds: boolean
    }
  | { /** Why it can't be asked. */ readonly why: string }
) & {
  /** PREPARE and EXECUTE: rows are counted when both are known. */
  readonly later?: boolean
}

export interface Isolation {
  /** The state of when the transaction began, as under REPEATABLE READ and SERIALIZABLE. */
  readonly old: boolean
  /** Of this transaction, or of all that begin later in the session. */
  readonly of: 'transaction' | 'session'
}

/** A relation, as it is written. */
export interface NamedObject {
  readonly schema?: string
  readonly name: string
}

export interface Made extends NamedObject {
  /** In the session's own schema, which is not written down here. */
  readonly temporary: boolean
  /** How long it is the session's alone. */
  readonly until: 'transaction' | 'session'
}

export type Output =
  | { readonly kind: 'clean' }
  /** A masked column as it is: `column` is `schema.table.column`. */
  | {
      readonly kind: 'masked'
      readonly column: string
      readonly table: number
      readonly attribute: number
      /** The name that was written may mean another table as well, whose column of that name isn't masked. */
      readonly unsure?: true
    }
  /** Computed from these masked columns. */
  | { readonly kind: 'derived'; readonly columns: readonly string[] }

/** Prepared statements and portals have names of their own each. */
export interface Named {
  readonly of: 'statement' | 'portal'
  readonly name: string
}

/** One name, or all of its sort. */
export interface Ended {
  readonly of: Named['of']
  readonly name?: string
}

/** What the client gave, as far as it can be told from anything else that it may give. */
export type Given =
  | { readonly text: string }
  /** By its number, from 1. */
  | { readonly parameter: number }
  /** An array: each of its members counts. `unknown`: nobody can say how many there are. */
  | { readonly list: { readonly text: string } | { readonly parameter: number } | 'unknown' }
  /** Computed: from what, and in which way. */
  | { readonly shape: string; readonly of: readonly Given[] }
  /** What is in the database, or in the session, decides: it may be another one each time that the statement runs. */
  | 'run'

export interface Nearest {
  /** The masked vector, `schema.table.column`. */
  readonly column: string
  /** Rows that the search may return; a parameter by its number, from 1. `any`: its distances don't only sort. */
  readonly limit: number | 'none' | 'unknown' | 'any' | { readonly parameter: number }
  /** What it is compared with. */
  readonly vector: Given
  /** Where not the column itself is compared but what is computed from it: a part of the vector for example. */
  readonly form?: Given
}

/** One question about masked values. It is another one where the columns or any of the values differ. */
export interface Guess {
  readonly columns: readonly string[]
  readonly values: readonly Given[]
  /** As how many it counts, where that isn't one. */
  readonly count?: number
}

export interface CopyFacts extends CopyFormat {
  readonly direction: 'in' | 'out'
}

export interface Unproven {
  /** The masked column, or the object that could read one. */
  readonly subject: string
  /** One sentence: why. */
  readonly why: string
  /** What helps in this case, where something does. */
  readonly hint?: string
  readonly code: 'COLUMN_MASKED' | 'STATEMENT_UNPROVEN' | 'SETTING_PINNED' | 'CATALOG_PROTECTED'
}

/** The whole text: one analysis per text, role, catalog epoch. */
export interface Analysis {
  readonly statements: readonly StatementFacts[]
  /** Where each of them stands: bytes of the text's UTF-8 form from which and up to which, one after the other. */
  readonly spans?: ArrayLike<number>
  /** PostgreSQL's own syntax error, where the text doesn't parse. Position counts characters from 1. */
  readonly syntax?: { readonly message: string; readonly position?: number }
  /** There are more than may be: none of them was looked at any further. */
  readonly tooMany?: true
}
