import type { CatalogColumn, Relation } from '../../catalog/types.js'
import { deniedName, isElsewhere, labelOf, resolve } from '../../resolve.js'
import { as, isFields, text, words, type Fields } from '../../tree.js'
import type { Proof } from '../proof.js'
import { unproven } from '../refusal.js'
import { clean, combine, type Mark } from '../mark.js'
import { hidden, renamed, type ScopeColumn, type Shape, type Source } from '../scope.js'

const markOf = (relation: Relation, column: CatalogColumn): Mark => {
  if (column.masked) {
    return { kind: 'masked', column: column.masked.column, table: relation.oid, attribute: column.attribute }
  }
  return column.derived === undefined ? clean : { kind: 'derived', columns: column.derived }
}

export const columnsOf = (relation: Relation): readonly ScopeColumn[] =>
  relation.columns.map((column) => ({
    ...{ name: column.name, mark: markOf(relation, column), type: column.type },
    ...(relation.acts === true && { acts: true }),
  }))

/** Whether each of these has a masked column of that name. */
const allMask = (candidates: readonly Relation[], name: string): boolean =>
  candidates.every(({ columns }) => columns.some((column) => column.name === name && column.masked))

/**
 * One list for tables that a name may equally mean: where any of them masks a column of that name, it is masked.
 * @param elsewhere whether it may mean one that is not among them
 */
const merge = (candidates: readonly Relation[], elsewhere: boolean): readonly ScopeColumn[] => {
  const columns = new Map<string | undefined, ScopeColumn>()
  for (const relation of candidates) {
    for (const column of columnsOf(relation)) {
      const known = columns.get(column.name)
      const acts = (known?.acts ?? column.acts) && { acts: true as const }
      if (!known || known.mark.kind === 'clean') columns.set(column.name, { ...column, ...acts })
      else if (column.mark.kind !== 'clean')
        columns.set(column.name, { name: column.name, mark: combine([known.mark, column.mark]), ...acts })
      else if (acts) columns.set(column.name, { ...known, ...acts })
    }
  }
  if (candidates.length < 2 && !elsewhere) return [...columns.values()]
  return [...columns.values()].map(({ type: _unsure, ...column }) =>
    column.mark.kind !== 'masked' || (!elsewhere && allMask(candidates, column.name ?? ''))
      ? column
      : { ...column, mark: { ...column.mark, unsure: true } },
  )
}

/** What has a smaller OID came with the server (FirstNormalObjectId). */
const FIRST_ADDED = 16_384

/**
 * The relations that a RangeVar may mean.
 * @throws {Refusal} where one of them is opaque
 */
export const relationsOf = (proof: Proof, rangeVar: Fields): readonly Relation[] => {
  const name = text(rangeVar['relname']) ?? ''
  const schema = text(rangeVar['schemaname'])
  const denied = deniedName(schema, name)
  if (denied !== undefined) throw unproven(name, `${name} can’t be used here: ${denied}`, 'system')
  const candidates = resolve(proof.catalog, schema, name)
  const opaque = candidates.find((relation) => relation.opaque !== undefined)
  if (opaque)
    throw unproven(
      labelOf(opaque),
      `${labelOf(opaque)} can’t be used here: ${opaque.opaque ?? ''}`,
      opaque.oid < FIRST_ADDED ? 'system' : 'opaque',
    )
  return candidates
}

/** A shape under the column names that an alias gives. */
export const aliased = (shape: Shape, names: readonly string[]): Shape => {
  const result = renamed(shape, names)
  if (!result)
    throw unproven(hidden(shape) ?? 'a column', 'it gets another name next to columns that are not known', 'names')
  return result
}

/** What of masked columns a table's rows are put into its partitions by, at any level. */
const partitionMark = (proof: Proof, relation: Relation): Mark => {
  const { effects, relations } = proof.catalog
  if (!effects || effects.partitionedBy.size === 0 || relation.kind !== 'p') return clean
  const below = (effects.below.get(relation.oid) ?? []).flatMap((oid) => relations.get(oid) ?? [])
  const columns = [relation, ...below].flatMap((table) =>
    (effects.partitionedBy.get(table.oid) ?? []).flatMap((attribute) => {
      const { masked, derived = [] } = table.columns.find((each) => each.attribute === attribute) ?? {}
      return masked ? [masked.column] : derived
    }),
  )
  return columns.length === 0 ? clean : { kind: 'derived', columns: [...new Set(columns)] }
}

/** A table of the catalog under its alias. Does not look at CTEs. */
export const tableSource = (proof: Proof, rangeVar: Fields): Source => {
  proof.account(rangeVar)
  const candidates = relationsOf(proof, rangeVar)
  const alias = isFields(rangeVar['alias']) ? rangeVar['alias'] : undefined
  const elsewhere = isElsewhere(text(rangeVar['schemaname']), candidates)
  const ambiguous = candidates.length > 1 || elsewhere
  const names = words(alias?.['colnames'])
  const lies = combine(candidates.map((each) => partitionMark(proof, each)))
  // Each time that a table stands in a FROM clause, its rows are others.
  const row = {}
  const columns = merge(candidates, elsewhere).map((column) => ({ ...column, row }))
  proof.width.add(columns.length)
  const shape = { columns, open: candidates.length === 0 || ambiguous }
  return {
    ...aliased(shape, names),
    name: text(alias?.['aliasname']) ?? text(rangeVar['relname']),
    bare: alias === undefined,
    table: true,
    ...(lies.kind !== 'clean' && { lies }),
    ambiguous,
  }
}

/** The alias of anything in FROM, and the new names it gives to columns. */
export const aliasOf = (fields: Fields): { name: string | undefined; columns: readonly string[] } => {
  const alias = isFields(fields['alias']) ? fields['alias'] : as(fields, 'alias')
  return { name: text(alias?.['aliasname']), columns: words(alias?.['colnames']) }
}
