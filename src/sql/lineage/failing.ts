import type { ColumnType } from '../../wire/column-type.js'
import { columnKey } from '../catalog/masked.js'
import { isStatement } from '../collect/kinds.js'
import { resolve } from '../resolve.js'
import { as, isFields, isRangeVar, text, unwrap, walk, type Fields } from '../tree.js'
import { ownDistance } from './distances/operator.js'
import { plainColumn, vectors } from './expressions/plain.js'
import { columnsOf, type Mark } from './mark.js'
import type { Place, Proof } from './proof.js'

/*
 * Whether an error may depend on masked values. Where none goes into anything that is computed, what fails fails by types,
 * constants, and values that anybody may see; the server's own text then says nothing else.
 */

/** Nodes that hand on what they hold. */
const holders: ReadonlySet<string> = new Set(['ResTarget', 'SortBy', 'GroupingSet', 'List'])

/** The types under which values are stored, sorted and sent without ever failing. */
const stored: ReadonlySet<string> = new Set([
  ...['text', 'varchar', 'bpchar', 'name', 'uuid', 'bool', 'int2', 'int4', 'int8', 'bytea', 'json', 'jsonb', 'xml'],
  ...['float4', 'float8', 'numeric', 'money', 'date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval'],
  ...['inet', 'cidr', 'macaddr', 'macaddr8'],
])

/** Of these, those that no comparison casts to a type which doesn't hold all of their values (as float8 does for numeric). */
const compared: ReadonlySet<string> = new Set([
  ...['text', 'varchar', 'bpchar', 'name', 'uuid', 'bool', 'int2', 'int4', 'int8', 'bytea', 'jsonb'],
])

/** Embeddings of one size: where it isn't declared, an error tells a value's. */
const isSized = ({ name, modifier }: ColumnType): boolean => vectors.has(name) && modifier > 0

const isPlain = ({ kind }: ColumnType): boolean => kind === 'b' || kind === 'e'

/** The distance of a column from a constant: it fails by their sizes, which both are known beforehand. */
const isDistance = (proof: Proof, type: string, fields: Fields, place: Place): boolean => {
  if (type !== 'A_Expr' || !ownDistance(proof, { A_Expr: fields }, place)) return false
  return [fields['lexpr'], fields['rexpr']].some((side) => {
    const mark = plainColumn(proof, side, place.scope)
    if (mark?.kind !== 'masked') return false
    const column = proof.catalog.masked.get(columnKey(mark.table, mark.attribute))
    return column !== undefined && isSized(column.type)
  })
}

/** Whether a node that makes something of masked values may fail by what they are. */
export const mayFail = (proof: Proof, type: string, fields: Fields, place: Place): boolean =>
  !holders.has(type) && !isDistance(proof, type, fields, place)

/** The same of a comparison of nothing but columns and constants. */
export const comparesSilently = (proof: Proof, mark: Mark): boolean => {
  const columns = new Set(columnsOf(mark))
  for (const { column, type } of proof.catalog.masked.values())
    if (columns.has(column) && !(isPlain(type) && (type.kind === 'e' || compared.has(type.name)))) return false
  return true
}

/** Statements that only read, and send what they read. */
const reading: ReadonlySet<string> = new Set(['SelectStmt', 'CopyStmt', 'PrepareStmt', 'DeclareCursorStmt'])

/** Tables, and those among them whose values come out of the server as they are. */
const readsPlainly = (proof: Proof, fields: Fields, ctes: ReadonlySet<string>): boolean => {
  const name = text(fields['relname']) ?? ''
  const relations = resolve(proof.catalog, text(fields['schemaname']), name)
  if (relations.length === 0) return fields['schemaname'] === undefined && ctes.has(name)
  return relations.every(
    ({ kind, columns, rowSecurity }) =>
      (kind === 'r' || kind === 'p') &&
      !rowSecurity &&
      columns.every(
        ({ masked, derived }) =>
          derived === undefined &&
          (!masked ||
            (isPlain(masked.type) &&
              (masked.type.kind === 'e' || stored.has(masked.type.name) || isSized(masked.type)))),
      ),
  )
}

/** Whether no error of a statement depends on masked values. @param node of which the proof is complete */
export const isQuiet = (proof: Proof, node: unknown): boolean => {
  const [type, fields] = unwrap(node) ?? []
  if (proof.computes || type === undefined || !reading.has(type) || fields?.['is_from'] === true) return false
  const ctes = new Set<string>()
  walk(node, (inner) => {
    const name = text(as(inner, 'CommonTableExpr')?.['ctename'])
    if (name !== undefined) ctes.add(name)
  })
  let quiet = true
  walk(node, (inner) => {
    for (const key in inner) if (isStatement(key) && isFields(inner[key]) && !reading.has(key)) quiet = false
    if (isRangeVar(inner) && !readsPlainly(proof, inner, ctes)) quiet = false
    return quiet
  })
  return quiet
}
