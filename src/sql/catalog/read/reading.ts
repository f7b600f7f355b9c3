import { effectsOf } from '../../effects/read.js'
import type { Effects } from '../../effects/types.js'
import { closed, grouped, indexed, type Steps } from '../../steps.js'
import type { RelationRow, Snapshot } from './queries.js'
import { typesOf, type Types } from './type-rows.js'
import { relationVersionOf, type Versions } from './versions.js'

export type ColumnRow = readonly [
  attribute: number,
  name: string,
  type: number,
  modifier: number,
  generated: string,
  version?: string,
]

/** What a reading has beside the rows of its snapshot. */
interface Head {
  readonly identity: string
  readonly state: string
  readonly single: boolean
}

const same = <T>(pair: T): T => pair

/** What is looked up in a snapshot, as maps. */
function* found(snapshot: Snapshot) {
  return {
    types: yield* typesOf(snapshot.types, snapshot.rowTypes),
    effects: yield* effectsOf(snapshot),
    rows: yield* indexed(snapshot.relations, (row) => [row[0], row]),
    byLabel: yield* indexed(snapshot.relations, ([oid, schema, name]) => [`${schema}.${name}`, oid]),
    definitions: yield* indexed(snapshot.definitions, same),
    bases: yield* closed(yield* grouped(snapshot.dependencies, same)),
    ancestors: yield* closed(yield* grouped(snapshot.inheritance, same)),
    extensions: yield* indexed(snapshot.extensions, same),
    triggers: yield* indexed(snapshot.triggers, same),
    rules: yield* indexed(snapshot.ruleVersions, same),
    expressions: yield* indexed(snapshot.generated, ([oid, attribute, text]) => [`${oid}.${attribute}`, text]),
    parents: yield* grouped(snapshot.inheritance, same),
    versions: {
      functions: yield* indexed(snapshot.functionVersions, same),
      operators: yield* indexed(snapshot.operatorVersions, same),
      types: yield* indexed(snapshot.typeVersions, same),
      casts: snapshot.castsVersion[0][0] ?? undefined,
    },
  }
}

interface Made {
  readonly snapshot: Snapshot
  readonly head: Head
  readonly made: readonly number[]
  readonly found: ReturnType<typeof found> extends Steps<infer T> ? T : never
}

/**
 * What one snapshot has of a database: the same for all policies. Of relations it keeps little until somebody asks, since a
 * database may have many of which statements name few.
 */
export class Reading {
  readonly rows: ReadonlyMap<number, RelationRow>
  /** Queries of views that were added. */
  readonly definitions: ReadonlyMap<number, string>
  /** Relations that views and rules read, and that tables are parts of, transitively. */
  readonly bases: ReadonlyMap<number, readonly number[]>
  readonly ancestors: ReadonlyMap<number, readonly number[]>
  readonly extensions: ReadonlyMap<number, string>
  readonly triggers: ReadonlyMap<number, string>
  readonly versions: Versions
  /** OIDs by `schema.name`. */
  readonly byLabel: ReadonlyMap<string, number>
  readonly #rules: ReadonlyMap<number, string>
  readonly #parents: ReadonlyMap<number, readonly number[]>
  readonly #expressions: ReadonlyMap<string, string>
  readonly #columns = new Map<number, readonly ColumnRow[]>()

  readonly snapshot: Snapshot
  /** What tells this database from any other, and from what it was before somebody restored it. */
  readonly identity: string
  /** `stateOf` the catalog when it was read. */
  readonly state: string
  /** `isSingle` of the server. */
  readonly single: boolean
  readonly types: Types
  readonly effects: Effects

  /** Relations that the transaction has made in which it was read, and nobody else can see. */
  readonly made: ReadonlySet<number>

  /** `readingOf` makes it. */
  constructor({ snapshot, head, made, found }: Made) {
    this.made = new Set(made)
    this.snapshot = snapshot
    this.identity = head.identity
    this.state = head.state
    this.single = head.single
    this.types = found.types
    this.effects = found.effects
    this.rows = found.rows
    this.definitions = found.definitions
    this.bases = found.bases
    this.ancestors = found.ancestors
    this.extensions = found.extensions
    this.triggers = found.triggers
    this.byLabel = found.byLabel
    this.#rules = found.rules
    this.#expressions = found.expressions
    this.#parents = found.parents
    this.versions = found.versions
  }

  /** Live columns by attribute number. */
  columns(oid: number): readonly ColumnRow[] {
    const known = this.#columns.get(oid)
    if (known) return known
    const columns = JSON.parse(`[${this.rows.get(oid)?.[5] ?? ''}]`) as ColumnRow[]
    this.#columns.set(oid, columns)
    return columns
  }

  /** What a generated column is computed by. */
  expression(oid: number, attribute: number): string | undefined {
    return this.#expressions.get(`${oid}.${attribute}`)
  }

  /** `relationVersion` of a relation. */
  version([oid, , name, kind, namespace, columns]: RelationRow): string {
    return relationVersionOf({
      ...{ name, namespace, kind, columns: columns ?? '', rules: this.#rules.get(oid) ?? '' },
      ...{ parents: this.#parents.get(oid) ?? [], children: this.effects.below.get(oid) ?? [] },
    })
  }
}

/** Makes a reading of what was read, in steps. @param made relations of the transaction that it was read in */
export function* readingOf(snapshot: Snapshot, head: Head, made: readonly number[] = []): Steps<Reading> {
  return new Reading({ snapshot, head, made, found: yield* found(snapshot) })
}
