import { all, isFields, text, unwrap, words, type Fields } from '../tree.js'
import type { Place, Proof } from './proof.js'
import { unproven } from './refusal.js'
import { aliased } from './relation.js'
import { clean, type Shape } from './scope.js'

/** What SEARCH and CYCLE add to a recursive CTE, in this order. */
const added = (cte: Fields): readonly string[] => {
  const search = isFields(cte['search_clause']) ? cte['search_clause'] : {}
  const cycle = isFields(cte['cycle_clause']) ? cte['cycle_clause'] : {}
  const names = [search['search_seq_column'], cycle['cycle_mark_column'], cycle['cycle_path_column']]
  return names.flatMap((name) => text(name) ?? [])
}

/** One CTE, analysed when it is first asked for, and once. */
class Cte {
  readonly #proof: Proof
  readonly #fields: Fields
  #place: Place | undefined
  #shape: Shape | undefined
  #active = false

  constructor(proof: Proof, fields: Fields) {
    this.#proof = proof
    this.#fields = fields
  }

  /** @param place what its query sees; with RECURSIVE, that includes itself */
  within(place: Place): void {
    this.#place = place
  }

  shape = (): Shape => {
    if (this.#shape) return this.#shape
    const [type, query] = unwrap(this.#fields['ctequery']) ?? []
    const name = text(this.#fields['ctename']) ?? ''
    if (this.#active || !this.#place || type === undefined || !query) {
      throw unproven(name, `the query ${name} refers to itself in a way that is not analysed`)
    }
    this.#active = true
    const { cycle_clause: cycle } = this.#fields
    this.#proof.expression(cycle, { ...this.#place, scope: undefined }, 'to find a cycle')
    // While the right arm of its UNION is analysed, the CTE looks like its left arm.
    const firstArm = (shape: Shape) => void (this.#shape = this.#named(shape))
    this.#shape = this.#named(this.#proof.query(type, query, { ...this.#place, firstArm }))
    return this.#shape
  }

  #named(shape: Shape): Shape {
    const { columns, open } = aliased(shape, words(this.#fields['aliascolnames']))
    return { columns: [...columns, ...added(this.#fields).map((name) => ({ name, mark: clean }))], open }
  }
}

/**
 * Names of a WITH clause, on top of those from outside. A plain CTE sees those before it, a RECURSIVE list all of them.
 * Each is analysed, referred to or not: one that changes data runs all the same.
 */
export const withClause = (proof: Proof, clause: unknown, place: Place): Place => {
  if (!isFields(clause)) return place
  const recursive = clause['recursive'] === true
  const ctes = all(clause['ctes'], 'CommonTableExpr').map((fields) => ({
    name: text(fields['ctename']) ?? '',
    cte: new Cte(proof, fields),
  }))
  const names = new Map(place.ctes)
  const { firstArm: _notTheirs, ...outer } = place
  if (recursive) for (const { name, cte } of ctes) names.set(name, cte.shape)
  for (const { name, cte } of ctes) {
    cte.within({ ...outer, ctes: recursive ? names : new Map(names) })
    names.set(name, cte.shape)
  }
  for (const { cte } of ctes) cte.shape()
  return { ...place, ctes: names }
}
