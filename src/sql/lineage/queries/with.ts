import { all, isFields, text, unwrap, words, type Fields } from '../../tree.js'
import { columnsOf as sourcesOf, combine, sameMark } from '../mark.js'
import { grouped } from './order.js'
import type { Place, Proof } from '../proof.js'
import { masked, unproven } from '../refusal.js'
import { aliased } from './relation.js'
import type { Shape } from '../scope.js'
import { spend } from '../../work.js'

/** What SEARCH and CYCLE add to a recursive CTE, in this order. */
const added = (cte: Fields): readonly string[] => {
  const search = isFields(cte['search_clause']) ? cte['search_clause'] : {}
  const cycle = isFields(cte['cycle_clause']) ? cte['cycle_clause'] : {}
  const names = [search['search_seq_column'], cycle['cycle_mark_column'], cycle['cycle_path_column']]
  return names.flatMap((name) => text(name) ?? [])
}

const merged = (one: Shape | undefined, other: Shape): Shape => {
  if (!one) return other
  const columns = other.columns.map((column, index) => {
    const mark = one.columns[index]?.mark ?? column.mark
    const acts = column.acts ?? one.columns[index]?.acts
    return sameMark(mark, column.mark) && acts === column.acts
      ? column
      : { ...column, mark: combine([mark, column.mark]), ...(acts && { acts }) }
  })
  return { columns, open: one.open || other.open }
}

/** Columns by what they show, and nothing else that is known of them. */
const bare = ({ columns, open }: Shape): Shape => ({
  columns: columns.map(({ name, mark, acts }) => ({ name, mark, ...(acts && { acts }) })),
  open,
})

const same = (one: Shape, other: Shape): boolean =>
  one.open === other.open &&
  one.columns.length === other.columns.length &&
  one.columns.every(
    ({ mark, acts }, index) =>
      sameMark(mark, other.columns[index]?.mark ?? { kind: 'clean' }) && acts === other.columns[index]?.acts,
  )

/** One CTE, analysed when it is first asked for, and once. */
class Cte {
  readonly #proof: Proof
  readonly #fields: Fields
  #place: Place | undefined
  #shape: Shape | undefined
  #active = false
  #refersToItself = false

  constructor(proof: Proof, fields: Fields) {
    this.#proof = proof
    this.#fields = fields
  }

  /** @param place what its query sees; with RECURSIVE, that includes itself */
  within(place: Place): void {
    this.#place = place
  }

  shape = (): Shape => {
    if (this.#active) this.#refersToItself = true
    if (this.#shape) return this.#shape
    const [type, query] = unwrap(this.#fields['ctequery']) ?? []
    const name = text(this.#fields['ctename']) ?? ''
    if (this.#active || !this.#place || type === undefined || !query) {
      throw unproven(name, `the query ${name} refers to itself in a way that is not analysed`, 'recursion')
    }
    this.#active = true
    const { cycle_clause: cycle } = this.#fields
    this.#proof.untainted(cycle, { ...this.#place, scope: undefined }, 'to find a cycle', 'constant')
    let shape = this.#pass(type, query, this.#place)
    // What the right arm makes of masked columns comes round again until nothing more is touched.
    for (let before: Shape | undefined; this.#refersToItself && !(before && same(before, shape));) {
      before = shape
      shape = merged(before, this.#pass(type, query, this.#place))
    }
    this.#active = false
    // What comes round may be put beside anything; what was known of it before may not hold of it any more.
    return (this.#shape = this.#refersToItself ? bare(shape) : shape)
  }

  /** While the right arm of its UNION is analysed, the CTE looks like its left arm and what is known of it so far. */
  #pass(type: string, query: Fields, place: Place): Shape {
    this.#proof.again()
    const before = this.#shape
    const firstArm = (shape: Shape) => void (this.#shape = merged(before, bare(this.#named(shape))))
    const shape = merged(before, this.#named(this.#proof.query(type, query, { ...place, firstArm })))
    if (this.#refersToItself) this.#shape = bare(shape)
    return shape
  }

  /** CYCLE ends the recursion where a row has what another had: by how many rows there are it tells of equal values. */
  #compared(columns: Shape['columns']): void {
    const cycle = isFields(this.#fields['cycle_clause']) ? this.#fields['cycle_clause'] : {}
    const names = new Set(words(cycle['cycle_col_list']))
    const compared = columns.filter(({ name }) => name === undefined || names.has(name))
    if (names.size === 0) return
    for (const { mark } of compared) {
      const [column] = sourcesOf(grouped(this.#proof, mark))
      if (column !== undefined) throw masked(column, 'to find a cycle by', 'constant')
    }
  }

  #named(shape: Shape): Shape {
    const { columns, open } = aliased(shape, words(this.#fields['aliascolnames']))
    this.#compared(columns)
    // They hold the values of other columns, or tell which of them are equal.
    const mark = combine(columns.map((column) => column.mark))
    return { columns: [...columns, ...added(this.#fields).map((name) => ({ name, mark }))], open }
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
  spend(place.ctes.size)
  const names = new Map(place.ctes)
  const { firstArm: _notTheirs, windows: _norThese, ...outer } = place
  if (recursive) for (const { name, cte } of ctes) names.set(name, cte.shape)
  for (const { name, cte } of ctes) {
    cte.within({ ...outer, ctes: names })
    if (recursive) continue
    // Nobody is inside of it any more when the names of those behind are added.
    cte.shape()
    names.set(name, cte.shape)
  }
  if (recursive) for (const { cte } of ctes) cte.shape()
  return { ...place, ctes: names }
}
