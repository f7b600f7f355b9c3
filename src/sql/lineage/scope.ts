import type { Given } from '../facts.js'
import type { Distance } from './distances/distance.js'
import { clean, columnsOf, type Mark } from './mark.js'

/** A column as one level of a query sees it. */
export interface ScopeColumn {
  /** Undefined where PostgreSQL chooses a name that isn't worked out here. */
  readonly name: string | undefined
  readonly mark: Mark
  /** OID, where it is a table's column as it is and no other table may be meant. */
  readonly type?: number
  /** It can be noticed that it was computed, where the server does that only if it has to. */
  readonly acts?: true
  /** What is known of it where it is made of distances of masked vectors from something that the client gave. */
  readonly distance?: Distance
  /** All that it may be, where the client gave it: literals, parameters, what is made of these. */
  readonly given?: readonly Given[]
  /** Stands for the row of a table that the value depends on, where it is only one and that alone. */
  readonly row?: object
  /** What it is computed by from that row, where it isn't one of its columns. */
  readonly made?: readonly Given[]
}

/** Columns in order. `open`: there are, or may be, others that nobody knows the names or number of; they are clean. */
export interface Shape {
  readonly columns: readonly ScopeColumn[]
  readonly open: boolean
}

/** Something that columns can be qualified by. */
export interface Source extends Shape {
  readonly name: string | undefined
  /** A table without an alias: `schema.table.column` then means it, too. */
  readonly bare: boolean
  /** A table, which has system columns (ctid, xmin, …). */
  readonly table: boolean
  /** What decides in which partition a row lies, and so what `tableoid` and `ctid` show. */
  readonly lies?: Mark
  /** Several tables have this name; which of them is meant depends on the search path. */
  readonly ambiguous: boolean
}

/** One item of FROM: what can be qualified in it, and the columns that `*` and plain names mean. */
export interface Item extends Shape {
  readonly sources: readonly Source[]
}

/** The names visible at one query level, and outside of it. */
export interface Scope {
  readonly items: readonly Item[]
  readonly outer: Scope | undefined
}

export const itemOf = (source: Source): Item => ({ sources: [source], columns: source.columns, open: source.open })

/** The first column of a shape that must not be seen. */
export const hidden = (shape: Shape): string | undefined => {
  for (const { mark } of shape.columns) {
    const [column] = columnsOf(mark)
    if (column !== undefined) return column
  }
  return undefined
}

/** Whether a name that isn't among the known ones may still be there. */
export const uncertain = (shape: Shape): boolean =>
  shape.open || shape.columns.some((column) => column.name === undefined)

/**
 * `AS alias(a, b)`: the first columns get new names.
 * @returns undefined where it can't be told which column a new name goes to, and one of them must not be seen
 */
export const renamed = (shape: Shape, names: readonly string[]): Shape | undefined => {
  if (names.length === 0) return shape
  if (shape.open) return hidden(shape) === undefined ? { columns: named(names), open: true } : undefined
  return { ...shape, columns: shape.columns.map((column, index) => ({ ...column, name: names[index] ?? column.name })) }
}

const named = (names: readonly string[]): readonly ScopeColumn[] => names.map((name) => ({ name, mark: clean }))
