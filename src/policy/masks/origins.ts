import { builtinType } from '../../masking/builtin-types.js'
import { isVector } from '../../masking/kinds/vector.js'
import { isText } from '../../masking/values/text-type.js'
import type { ColumnMask, ColumnType, MaskSpec } from '../../masking/types.js'
import type { Catalog } from '../../sql/catalog.js'
import type { Field } from '../../wire/backend.js'
import type { PolicyConfig } from '../config/schema.js'
import type { ColumnOrigin } from '../decision.js'

/** A column's origin as RowDescription gives it, in one number: OIDs have 32 bits, attribute numbers 16. */
const originKey = (table: number, attribute: number): number => table * 65_536 + (attribute & 0xffff)

/** A client can make up as many types (modifiers) as it likes. */
const MAX_REDACTIONS = 1000

/** The masks of one policy on the columns of one catalog snapshot. */
export class Origins {
  readonly #masks = new Map<number, ColumnMask>()
  /** Columns of tables and views that are computed from masked ones. */
  readonly #derived = new Map<number, readonly string[]>()
  /** Masks of what is computed from masked columns, by type and columns: making one takes a while. */
  readonly #redactions = new Map<string, ColumnMask>()
  readonly #types: Catalog['types']
  readonly #relations: Catalog['relations']
  readonly #byName = new Map<string, ColumnMask>()
  /** Tables that have lost a column which the policy masks, or have appeared since the snapshot: what is in them? */
  readonly #lost = new Map<string, string>()

  constructor(policy: PolicyConfig, catalog: Catalog) {
    this.#types = catalog.types
    this.#relations = catalog.relations
    const entries = new Map(policy.masks.flatMap((mask) => mask.columns.map((column) => [column, mask] as const)))
    for (const [key, { column, type }] of catalog.masked) {
      const [table = '', attribute = ''] = key.split('.')
      const entry = entries.get(column)
      const spec: MaskSpec = entry?.with ?? (isVector(type) ? 'vector' : 'redact')
      const hidden = entry?.nulls === 'hide' ? ({ nulls: 'hide' } as const) : {}
      const mask: ColumnMask = Object.freeze({ column, spec, type, ...hidden })
      this.#masks.set(originKey(Number(table), Number(attribute)), mask)
      this.#byName.set(column, mask)
    }
    for (const relation of catalog.relations.values())
      for (const { attribute, derived } of relation.masked ? relation.columns : [])
        if (derived !== undefined) this.#derived.set(originKey(relation.oid, attribute), derived)
    for (const entry of catalog.unknown) this.#lost.set(entry.slice(0, entry.lastIndexOf('.')), entry)
  }

  mask(table: number, attribute: number): ColumnMask | undefined {
    return this.#masks.get(originKey(table, attribute))
  }

  derived(table: number, attribute: number): readonly string[] | undefined {
    return this.#derived.get(originKey(table, attribute))
  }

  /** Whether the snapshot has the relation that a field comes from. */
  knows(table: number): boolean {
    return this.#relations.has(table)
  }

  /** What the catalog says of a field, mask or not. */
  of({ table, attribute, type }: Field): ColumnOrigin {
    const relation = table === 0 ? undefined : this.#relations.get(table)
    const column = relation?.columns.find((each) => each.attribute === attribute)
    const known = this.#types.get(type)
    return {
      ...(relation && column && { column: `${relation.schema}.${relation.name}.${column.name}` }),
      ...(known && isVector(known) && { vector: true }),
    }
  }

  /**
   * The mask of a field that is computed from masked columns: `********` where it is text, NULL where it is anything else,
   * which nobody could take for a result. What was NULL is hidden as well: whether it is was computed, too.
   */
  redaction({ type, modifier }: Field, columns: readonly string[]): ColumnMask {
    const key = `${type} ${modifier} ${columns.join(' ')}`
    const known = this.#redactions.get(key)
    if (known) return known
    const own = this.#typeOf(type, modifier)
    const mask: ColumnMask = Object.freeze({
      ...{ column: columns.join(', '), type: own, derived: columns },
      ...(isText(own) ? ({ spec: 'redact', nulls: 'hide' } as const) : ({ spec: 'null' } as const)),
    })
    if (this.#redactions.size >= MAX_REDACTIONS) this.#redactions.clear()
    this.#redactions.set(key, mask)
    return mask
  }

  #typeOf(oid: number, modifier: number): ColumnType {
    const own = this.#types.get(oid)
    return (own && { ...own, modifier }) ?? builtinType(oid, modifier) ?? { oid, modifier, name: 'unknown', kind: 'b' }
  }

  named(column: string): ColumnMask | undefined {
    return this.#byName.get(column)
  }

  /** The policy's entry for a column that its table doesn't have, where a statement uses such a table. */
  lost(relations: readonly string[]): string | undefined {
    if (this.#lost.size === 0) return undefined
    for (const relation of relations) {
      const entry = this.#lost.get(relation)
      if (entry !== undefined) return entry
      // Written without its schema and not in the snapshot: it may be in any.
      if (!relation.includes('.'))
        for (const [table, entry] of this.#lost) if (table.slice(table.indexOf('.') + 1) === relation) return entry
    }
    return undefined
  }
}
