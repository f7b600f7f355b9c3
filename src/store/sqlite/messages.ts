import type { SQLInputValue } from 'node:sqlite'

/** What the thread of a store is started with. */
export interface ThreadData {
  readonly path: string
}

/** One statement to run. */
export interface StoreQuery {
  readonly sql: string
  readonly parameters: readonly SQLInputValue[]
}

/** Of an error, what tells an operator what went wrong: errors lose it on their way out of a thread. */
export interface Thrown {
  readonly message: string
  /** SQLite's result code. */
  readonly errcode?: number
  /** The system's. */
  readonly code?: string
}

/** Answers come in the order of the queries; the first tells whether the store could be opened. */
export type StoreAnswer =
  | { readonly ok: true; readonly rows: unknown[]; readonly changes?: bigint; readonly insertId?: bigint }
  | { readonly ok: false; readonly thrown: Thrown }
