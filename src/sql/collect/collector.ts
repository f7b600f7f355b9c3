import type { Relation } from '../catalog.js'
import type { Limit } from '../facts.js'
import type { Body } from '../parser/plpgsql.js'
import type { Fields } from '../tree.js'
import type { Usage } from './usage.js'

/** Where the walk is: names of CTEs that hide tables, and what a table named here suffers. */
export interface Place {
  readonly ctes: ReadonlySet<string>
  readonly role: 'reads' | 'writes'
  /** False inside an EXPLAIN that does not execute: only what is read then counts. */
  readonly runs: boolean
  /** How many rows get out of what is read here; the next query says so itself where it is undefined. */
  readonly limit: Limit | undefined
  /** In the body of a function or block, which may run any number of times. */
  readonly repeats: boolean
}

/** What the rule of one kind of statement goes on with. */
export interface Collector {
  readonly usage: Usage
  /** Goes through a part of the tree. */
  visit(value: unknown, place: Place): void
  /** Goes through SQL that a routine or a block holds. */
  body(body: Body, outer: Place): void
  /** Rows that come out of a query: bounded further where it runs any number of times. */
  limitOf(select: Fields, place: Place): Limit
  /** CREATE TABLE AS and SELECT INTO. */
  creates(into: unknown, place: Place): void
  /** Goes through the CTEs. @returns the place of what may name them */
  with(clause: unknown, place: Place): Place
  /** The relations that a RangeVar may mean. */
  resolve(relation: unknown): readonly Relation[]
}
