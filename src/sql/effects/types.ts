import type { Limit } from '../facts.js'
import type { Droppables } from './dropping.js'
import type { RowVersions } from '../catalog/read/row-versions.js'

/** A function or procedure that was added to the database. */
export interface StoredRoutine {
  readonly oid: number
  readonly name: string
  readonly schema: string
  /** CREATE FUNCTION as the server prints it, where it is in SQL or PL/pgSQL; otherwise it can't be read. */
  readonly definition: string | undefined
}

export interface StoredIndex {
  readonly schema: string
  /** Of its table. */
  readonly table: number
  /** HNSW or IVFFlat. */
  readonly vector: boolean
}

/** What the table `child` refers to; columns by their numbers, in the order in which they belong together. */
export interface ForeignKey {
  readonly parent: number
  readonly child: number
  readonly referred: readonly number[]
  readonly referring: readonly number[]
  /** `confdeltype`: a NO ACTION, r RESTRICT, c CASCADE, n SET NULL, d SET DEFAULT. */
  readonly onDelete: string
  /** `confupdtype`, likewise. */
  readonly onUpdate: string
}

/** What statements set off beyond what they name: part of a catalog snapshot. Keys are OIDs, of relations where not said. */
export interface Effects {
  /** By name; those in C aside, which nobody but a superuser makes. */
  readonly routines: ReadonlyMap<string, readonly StoredRoutine[]>
  readonly routineByOid: ReadonlyMap<number, StoredRoutine>
  /** Functions that its triggers call. */
  readonly triggers: ReadonlyMap<number, readonly number[]>
  /** Names of transition tables (REFERENCING) that a trigger gives to the function that it calls. */
  readonly transitions: ReadonlyMap<number, readonly string[]>
  /** Functions that triggers call which may fire later than their statement. */
  readonly deferrable: ReadonlySet<number>
  /** CREATE RULE, for rules other than a view's own. */
  readonly rules: ReadonlyMap<number, readonly string[]>
  readonly views: ReadonlyMap<number, string>
  /** Names of the columns of tables' primary keys. */
  readonly primaryKeys: ReadonlyMap<number, readonly string[]>
  /** Numbers of the columns by which a table is partitioned. */
  readonly partitionedBy: ReadonlyMap<number, readonly number[]>
  /** Tables whose rows go or change with those of a table, by foreign keys, through all others. */
  readonly cascades: { readonly [Event in CascadeEvent]: ReadonlyMap<number, readonly number[]> }
  readonly foreignKeys: readonly ForeignKey[]
  /** What goes with a type or function that CASCADE drops. */
  readonly droppable: Droppables
  /** Types by name, as `typeVersion` has them: those that aren't temporary and have names of their own. */
  readonly types: ReadonlyMap<string, readonly string[]>
  /** Functions that run behind other names: by operator, by aggregate, and by the name of the type that a cast is to. */
  readonly behind: {
    readonly [Of in Behind]: ReadonlyMap<string, readonly (readonly [schema: string, name: string])[]>
  }
  readonly rows: RowVersions
  /** By name. */
  readonly indexes: ReadonlyMap<string, readonly StoredIndex[]>
  /** OIDs of pgvector's types, and of arrays and domains of them. */
  readonly vectorTypes: ReadonlySet<number>
  /** Partitions and children, transitively. */
  readonly below: ReadonlyMap<number, readonly number[]>
  /** Views, materialized views and tables with rules that read it, transitively: CASCADE drops them. */
  readonly dependents: ReadonlyMap<number, readonly number[]>
}

export type Behind = 'operators' | 'aggregates' | 'casts'

export type CascadeEvent = 'delete' | 'update' | 'truncate'

/** Whether its body is SQL: the server prints the language in a line of its own, in front of the body. */
export const isInSql = ({ definition = '' }: StoredRoutine): boolean =>
  /^ LANGUAGE (\S+)/m.exec(definition)?.[1] === 'sql'

/** Something stored in the database that runs along. */
export type Lead =
  | { readonly kind: 'routine'; readonly oid: number; readonly trigger: boolean }
  | { readonly kind: 'view'; readonly oid: number; readonly limit: Limit }
  | { readonly kind: 'rule'; readonly oid: number }
