import { as, isFields, items as itemsOf, list, text, unwrap, words, type Fields } from '../../tree.js'
import { givenByCall, unnestsVectors } from '../distances/constants.js'
import { joined } from './join.js'
import { acts } from '../expressions/acting.js'
import { predicate } from '../expressions/predicate.js'
import type { Place, Proof } from '../proof.js'
import { unproven } from '../refusal.js'
import { aliased, aliasOf, tableSource } from './relation.js'
import { jsonTable, tableFunction } from './table-function.js'
import { clean, columnsOf, combine, type Mark } from '../mark.js'
import { hidden, itemOf, type Item, type Shape, type Source } from '../scope.js'

/** Each time that a subquery or CTE stands in a FROM clause, its rows are others. */
const anew = (proof: Proof, shape: Shape): Shape => {
  proof.width.add(shape.columns.length)
  const rows = new Map<object, object>()
  const other = (row: object): object => {
    const known = rows.get(row) ?? {}
    rows.set(row, known)
    return known
  }
  const columns = shape.columns.map(({ row, distance, ...column }) => ({
    ...column,
    ...(row && { row: other(row) }),
    ...(distance && { distance: distance.row ? { ...distance, row: other(distance.row) } : distance }),
  }))
  return { ...shape, columns }
}

/** A subquery, function or CTE: no table, so no system columns, and no schema to qualify it by. */
const derivedSource = (proof: Proof, shape: Shape, name: string | undefined, columns: readonly string[]): Source => ({
  ...aliased(anew(proof, shape), columns),
  ...{ name, bare: false, table: false, ambiguous: false },
})

const rangeVar = (proof: Proof, fields: Fields, place: Place): Item => {
  const name = text(fields['relname']) ?? ''
  const cte = fields['schemaname'] === undefined ? place.ctes.get(name) : undefined
  if (!cte) return itemOf(tableSource(proof, fields))
  proof.account(fields)
  const alias = aliasOf(fields)
  return itemOf(derivedSource(proof, cte(), alias.name ?? name, alias.columns))
}

/** The columns that a function yields, where every function of its name yields the same. */
const yielded = (proof: Proof, name: string, alias: string | undefined): readonly string[] | undefined => {
  const { scalar, added } = proof.catalog.routines
  const own = added.get(name)
  if (!own) return scalar.has(name) ? [alias ?? name] : undefined
  const [only] = own
  if (own.length > 1 || !only?.yields) return undefined
  return only.yields.length === 0 ? [alias ?? name] : only.yields
}

/**
 * Of `f(…) AS x`: one column named like the alias where every function of that name gives one, or those that the function
 * says it returns; else nobody knows.
 */
const functionShape = (proof: Proof, fields: Fields, name: string | undefined, mark: Mark, place: Place): Shape => {
  const defined = list(fields['coldeflist']).map((node) => text(as(node, 'ColumnDef')?.['colname']))
  const ordinality = fields['ordinality'] === true ? [{ name: 'ordinality', mark: clean }] : []
  const functions = list(fields['functions'])
  const call = as(itemsOf(functions[0])[0], 'FuncCall')
  const called = words(call?.['funcname']).at(-1)
  const unnested = call && unnestsVectors(proof, call) ? [name ?? 'unnest'] : undefined
  const names =
    defined.length > 0 ? defined : called === undefined ? undefined : (unnested ?? yielded(proof, called, name))
  const given = names?.length === 1 && call ? givenByCall(proof, call) : undefined
  if (functions.length === 1 && names) {
    // A function in SQL may stand for its query.
    const own = called !== undefined && proof.catalog.routines.added.has(called) && acts(proof, functions, place)
    const columns = names.map((each) => ({
      name: each,
      mark,
      ...(given && { given }),
      ...(own && { acts: true as const }),
    }))
    return { columns: [...columns, ...ordinality], open: false }
  }
  const [column] = columnsOf(mark)
  if (column !== undefined) throw unproven(column, 'which columns the function yields is not known', 'names')
  return { columns: [], open: true }
}

const tableItem = (proof: Proof, fields: Fields, shape: Shape): Item => {
  if (hidden(shape) !== undefined) proof.computes = true
  const alias = aliasOf(fields)
  return itemOf(derivedSource(proof, shape, alias.name, alias.columns))
}

export type FromRule = (proof: Proof, fields: Fields, place: Place, left: readonly Item[]) => Item

/** What LATERAL, and every function, sees: the items before it, then the outer queries. */
const lateral = (place: Place, left: readonly Item[]): Place => ({
  ...place,
  scope: { items: left, outer: place.scope },
})

/** How each kind of item in FROM is analysed. A kind that isn't here is refused. */
export const fromItems: Record<string, FromRule> = {
  RangeVar: rangeVar,
  RangeSubselect: (proof, fields, place, left) => {
    const inside = fields['lateral'] === true ? lateral(place, left) : place
    const [type, query] = unwrap(fields['subquery']) ?? []
    if (type === undefined || !query) throw unproven('a subquery', 'it can’t be read', 'query')
    const alias = aliasOf(fields)
    return itemOf(derivedSource(proof, proof.query(type, query, inside), alias.name, alias.columns))
  },
  RangeFunction: (proof, fields, place, left) => {
    const mark = combine([proof.value(fields['functions'], lateral(place, left))])
    const alias = aliasOf(fields)
    const call = as(itemsOf(list(fields['functions'])[0])[0], 'FuncCall')
    const name = alias.name ?? words(call?.['funcname']).at(-1)
    return itemOf(
      derivedSource(proof, functionShape(proof, fields, alias.name, mark, lateral(place, left)), name, alias.columns),
    )
  },
  RangeTableSample: (proof, fields, place, left) => {
    proof.untainted([fields['args'], fields['repeatable']], lateral(place, left), 'to choose a sample', 'constant')
    return fromItem(proof, fields['relation'], place, left)
  },
  RangeTableFunc: (proof, fields, place, left) =>
    tableItem(proof, fields, tableFunction(proof, fields, lateral(place, left))),
  JsonTable: (proof, fields, place, left) => tableItem(proof, fields, jsonTable(proof, fields, lateral(place, left))),
  JoinExpr: (proof, fields, place, left) => {
    const one = fromItem(proof, fields['larg'], place, left)
    const two = fromItem(proof, fields['rarg'], place, [...left, one])
    // ON sees the two sides, and then the outer queries.
    predicate(proof, fields['quals'], { ...place, scope: { items: [one, two], outer: place.scope } })
    return joined(proof, fields, one, two)
  },
}

const fromItem = (proof: Proof, node: unknown, place: Place, left: readonly Item[]): Item => {
  const [type, fields] = unwrap(node) ?? []
  const handler = type === undefined ? undefined : fromItems[type]
  if (!handler || !isFields(fields)) throw unproven(type ?? 'FROM', 'this form of FROM is not analysed', 'query')
  return handler(proof, fields, place, left)
}

/** The items of a FROM clause, each seeing those before it where it may. */
export const fromClause = (
  proof: Proof,
  clause: unknown,
  place: Place,
  target: readonly Item[] = [],
): readonly Item[] => {
  const found: Item[] = []
  for (const node of list(clause)) found.push(fromItem(proof, node, place, found))
  return [...target, ...found]
}
