import type { CatalogColumn, Relation } from '../catalog.js'
import { labelOf } from '../resolve.js'
import { as, isFields, list, text, words, type Fields } from '../tree.js'

/** Keys whose texts are names of other things than columns. */
const otherNames: ReadonlySet<string> = new Set([
  ...['relname', 'schemaname', 'catalogname', 'relpersistence', 'aliasname', 'ctename', 'indexname'],
])

/**
 * Which columns a piece of SQL uses, by name: no column comes out of a table, or goes into it, unless its name stands
 * somewhere, or the whole row does. That a name may mean another table's column makes it too many, never too few.
 */
export class ColumnUse {
  readonly #names = new Set<string>()
  /** Last words of references, and names of tables and their aliases: one that is both is a whole row. */
  readonly #references = new Set<string>()
  readonly #tables = new Set<string>()
  readonly #whole = new Set<Relation>()
  #all = false

  /** A text in the tree, under its key. */
  word(key: string, value: string): void {
    if (!otherNames.has(key)) this.#names.add(value)
  }

  /** An object in the tree, whatever it is. */
  look(fields: Fields): void {
    if (fields['A_Star'] !== undefined || fields['isNatural'] === true) this.#all = true
    const reference = as(fields, 'ColumnRef')
    const last = reference && words(reference['fields']).at(-1)
    if (last !== undefined) this.#references.add(last)
    // A join that renames the columns of its tables.
    const join = as(fields, 'JoinExpr')
    if (join && isFields(join['alias']) && list(join['alias']['colnames']).length > 0) this.#all = true
  }

  table(fields: Fields): void {
    const alias = isFields(fields['alias']) ? fields['alias'] : undefined
    this.#tables.add(text(alias?.['aliasname']) ?? text(fields['relname']) ?? '')
    if (list(alias?.['colnames']).length > 0) this.#all = true
  }

  /** All columns of one relation: INSERT and COPY that name none. */
  whole(relation: Relation): void {
    this.#whole.add(relation)
  }

  /** The columns used of the relations that are used. */
  *of(relations: Iterable<Relation>): Generator<readonly [Relation, CatalogColumn, label: string]> {
    const rows = this.#all || [...this.#references].some((name) => this.#tables.has(name))
    for (const relation of relations) {
      const every = rows || this.#whole.has(relation)
      for (const column of relation.columns)
        if (every || this.#names.has(column.name)) yield [relation, column, `${labelOf(relation)}.${column.name}`]
    }
  }
}
