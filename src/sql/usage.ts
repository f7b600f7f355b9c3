import type { Catalog } from './catalog.js'
import { labelOf, resolve, written } from './resolve.js'

/** What a statement uses, as it is collected. */
export class Usage {
  readonly kinds = new Set<string>()
  readonly reads = new Set<string>()
  readonly writes = new Set<string>()
  readonly functions = new Set<string>()
  where: 'present' | 'missing' | 'none' = 'none'
  readonly #catalog: Catalog | undefined

  constructor(catalog: Catalog | undefined) {
    this.#catalog = catalog
  }

  /** A table, view or sequence; with a view go the relations behind it, with a partition those it is part of. */
  relation(target: 'reads' | 'writes', schema: string | undefined, name: string): void {
    const found = this.#catalog ? resolve(this.#catalog, schema, name) : []
    if (found.length === 0) this[target].add(written(schema, name))
    for (const relation of found) {
      this[target].add(labelOf(relation))
      for (const base of relation.bases) this[target].add(labelOf(base))
      for (const ancestor of relation.ancestors) this[target].add(labelOf(ancestor))
    }
  }

  function(schema: string | undefined, name: string): void {
    const routines = this.#catalog?.routines
    const added = routines?.added.get(name)?.filter((each) => schema === undefined || each.schema === schema) ?? []
    const builtin = routines?.builtin.has(name) === true && (schema ?? 'pg_catalog') === 'pg_catalog'
    for (const each of added) this.functions.add(`${each.schema}.${name}`)
    if (builtin) this.functions.add(`pg_catalog.${name}`)
    if (!builtin && added.length === 0) this.functions.add(written(schema, name))
  }

  /** A column reference `row.name` calls the function `name` where the row has no such column. */
  attribute(name: string): void {
    if (this.#catalog?.routines.added.has(name)) this.function(undefined, name)
  }

  condition(present: boolean): void {
    if (!present) this.where = 'missing'
    else if (this.where === 'none') this.where = 'present'
  }
}
