import type { ColumnType } from '../../wire/column-type.js'
import type { KeyQuestions } from '../effects/key-question.js'
import type { Effects } from '../effects/types.js'
import type { Versions } from './read/versions.js'

/** Runs one query over the gateway's own connection to the database. */
export type CatalogQuery = (sql: string, parameters?: unknown[]) => Promise<Record<string, unknown>[]>

export interface MaskedColumn {
  /** The policy's entry, `schema.table.column`, as it was given. Partitions carry their parent's. */
  readonly column: string
  readonly type: ColumnType
}

export interface CatalogColumn {
  /** `pg_attribute.attnum` */
  readonly attribute: number
  readonly name: string
  readonly type: number
  readonly modifier: number
  readonly generated: boolean
  readonly masked?: MaskedColumn
  /** Names, `schema.table.column`, that policies know it by beside its own. */
  readonly formerly?: readonly string[]
  /** For a column computed from masked ones, of a view or generated: from which. */
  readonly derived?: readonly string[]
}

export interface Relation {
  readonly oid: number
  readonly schema: string
  readonly name: string
  /** `pg_class.relkind`: r table, p partitioned, v view, m materialized view, f foreign, S sequence, t TOAST. */
  readonly kind: string
  /** Live columns by attribute number. */
  readonly columns: readonly CatalogColumn[]
  /** Whether a column of it is masked or derived from a masked one. */
  readonly masked: boolean
  /** Whether a view uses a masked column, be it only in a condition: its errors may quote one. */
  readonly touchesMasked?: boolean
  /** Of a view: it can be noticed that its columns were computed. */
  readonly acts?: boolean
  /** Whether policies of its own decide which rows are seen: they may compute anything. */
  readonly rowSecurity: boolean
  /** Why reading or writing it could show masked values in a way that isn't analysed. */
  readonly opaque?: string
  /** Relations that a view or rule reads, transitively. */
  readonly bases: readonly Relation[]
  /** Tables that it is a partition or child of, transitively: its rows are theirs. */
  readonly ancestors: readonly Relation[]
  /** `relationVersion` of it, by what the snapshot has read. */
  readonly version: string
  /** `identity` (`row-versions.ts`) of it. */
  readonly identity: string
  /** `triggersVersion` of it, where it has any. */
  readonly triggers?: string
  /** Names, `schema.name`, that it had in earlier snapshots: rules know it by them. */
  readonly formerly?: readonly string[]
}

/** A snapshot of what names mean in one database. Frozen; made anew when the schema changes. */
export interface Catalog {
  readonly relations: ReadonlyMap<number, Relation>
  /** Relations by unqualified name, in every schema. */
  readonly named: ReadonlyMap<string, readonly Relation[]>
  readonly routines: Routines
  /** What statements set off beyond what they name; rules look there. */
  readonly effects?: Effects
  /** Changes that foreign keys answer by something masked. */
  readonly keyQuestions?: KeyQuestions
  /** Key: `tableOid.attnum` as RowDescription reports a column's origin. */
  readonly masked: ReadonlyMap<string, MaskedColumn>
  /** Policy entries that name no column of this database, as they were given. */
  readonly unknown: readonly string[]
  /** Types that did not come with the server, but for those of rows. */
  readonly types: ReadonlyMap<number, ColumnType>
  readonly addedTypes: readonly AddedType[]
  readonly versions: Versions
  /** What names in the policy mean here, to be remembered. */
  readonly known: readonly KnownName[]
  /** Names that statements since the snapshot have given to relations, perhaps in transactions that aren't over. */
  readonly renamed?: ReadonlyMap<string, ReadonlySet<number>>
  /** Relations that the open transaction has made which sees this catalog: nobody else has to do with them. */
  readonly made: ReadonlySet<number>
  /** Told of each relation that is looked for, as it is written. */
  readonly asked?: (schema: string | undefined, name: string) => void
}

/** A type that did not come with the server, as `pg_type` has it. */
export interface AddedType {
  readonly oid: number
  readonly name: string
  /** `typtype`: b base, c composite, d domain, e enum, r range, m multirange, p pseudo. */
  readonly type: string
  /** `typcategory`: S for strings, A for arrays, … */
  readonly category: string
  /** Of a domain, what it is made of; else 0. */
  readonly base: number
  /** Of an array; else 0. */
  readonly element: number
}

/** What a name in a policy was found to mean in a database. It keeps that meaning, whatever the object is called later. */
export interface KnownName {
  /** As the policy has it: `schema.table.column` of a mask or rule, `schema.table` of a rule. */
  readonly entry: string
  /** Of the database that it was found in: in another, or in one that was restored, OIDs mean something else. */
  readonly identity: string
  /** OID */
  readonly relation: number
  /** Of a column; 0 where the relation itself is meant. */
  readonly attribute: number
  /** What the object is called now, or was when it was last seen. */
  readonly name: string
}

/** What is known of functions, operators and casts by name. */
export interface Routines {
  /** Names of functions that came with the server. */
  readonly builtin: ReadonlySet<string>
  /**
   * Names with an overload that may carry what it is given elsewhere: of builtin ones the volatile, of added ones those too
   * that don't run in parallel workers.
   */
  readonly volatile: ReadonlySet<string>
  /** Builtin names of aggregates. */
  readonly aggregates: ReadonlySet<string>
  /** Names whose every overload is immutable, and no aggregate or window function. */
  readonly immutable: ReadonlySet<string>
  /** Builtin names whose every overload returns one column of known shape. */
  readonly scalar: ReadonlySet<string>
  /** Types that came with the server and have no function of their name: `name(value)` is a cast to them. */
  readonly castTypes: ReadonlySet<string>
  /** Names with an overload that returns a set of rows: their number can show what the function is given. */
  readonly sets: ReadonlySet<string>
  /** Functions that were added, by name: the schemas they are in, and whether all of that name there are known to be pure. */
  readonly added: ReadonlyMap<string, readonly AddedRoutine[]>
  /** Operators that run a function not known to be pure. */
  readonly opaqueOperators: ReadonlySet<string>
  /** Types that a cast function not known to be pure converts from or to. */
  readonly opaqueTypes: ReadonlySet<string>
}

export interface AddedRoutine {
  readonly schema: string
  /** Whether it computes from its arguments, and from what it reads as `reads` says, and does nothing else. */
  readonly safe: boolean
  /** Masked columns that its result is computed from, whatever it is given. */
  readonly reads: readonly string[]
  /** Names of the columns that it yields in FROM; none where it is one that is named like the function. */
  readonly yields?: readonly string[]
  /** It can be noticed that it has run: it reads tables, or calls what does more than compute. */
  readonly acts?: boolean
}
