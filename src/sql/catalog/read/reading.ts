import { effectsOf } from '../../effects/read.js'
import type { Effects } from '../../effects/types.js'
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

/** What each leads to, through all others: views to what they read, children to their parents. */
const closure = (pairs: Snapshot['dependencies']): Map<number, readonly number[]> => {
  const direct = new Map<number, number[]>()
  for (const [from, to] of pairs) {
    const known = direct.get(from)
    if (known) known.push(to)
    else direct.set(from, [to])
  }
  return new Map(
    [...direct].map(([reader, bases]) => {
      const reached = new Set(bases)
      for (const each of reached) for (const next of direct.get(each) ?? []) reached.add(next)
      reached.delete(reader)
      return [reader, [...reached]]
    }),
  )
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
  readonly #rules: ReadonlyMap<number, string>
  readonly #parents = new Map<number, number[]>()
  readonly #expressions: ReadonlyMap<string, string>
  #labels: ReadonlyMap<string, number> | undefined
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

  constructor(
    snapshot: Snapshot,
    { identity, state, single }: { readonly identity: string; readonly state: string; readonly single: boolean },
    made: readonly number[] = [],
  ) {
    this.made = new Set(made)
    this.snapshot = snapshot
    this.identity = identity
    this.state = state
    this.single = single
    this.types = typesOf(snapshot.types, snapshot.rowTypes)
    this.effects = effectsOf(snapshot)
    this.rows = new Map(snapshot.relations.map((row) => [row[0], row]))
    this.definitions = new Map(snapshot.definitions)
    this.bases = closure(snapshot.dependencies)
    this.ancestors = closure(snapshot.inheritance)
    this.extensions = new Map(snapshot.extensions)
    this.triggers = new Map(snapshot.triggers)
    this.#rules = new Map(snapshot.ruleVersions)
    this.#expressions = new Map(snapshot.generated.map(([oid, attribute, text]) => [`${oid}.${attribute}`, text]))
    for (const [child, parent] of snapshot.inheritance)
      this.#parents.set(child, [...(this.#parents.get(child) ?? []), parent])
    this.versions = {
      functions: new Map(snapshot.functionVersions),
      operators: new Map(snapshot.operatorVersions),
      types: new Map(snapshot.typeVersions),
      casts: snapshot.castsVersion[0][0] ?? undefined,
    }
  }

  /** Live columns by attribute number. */
  columns(oid: number): readonly ColumnRow[] {
    const known = this.#columns.get(oid)
    if (known) return known
    const columns = JSON.parse(`[${this.rows.get(oid)?.[5] ?? ''}]`) as ColumnRow[]
    this.#columns.set(oid, columns)
    return columns
  }

  /** OIDs by `schema.name`. */
  get byLabel(): ReadonlyMap<string, number> {
    return (this.#labels ??= new Map(this.snapshot.relations.map(([oid, schema, name]) => [`${schema}.${name}`, oid])))
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
