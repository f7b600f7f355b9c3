import type { Relation } from '../catalog/types.js'
import type { KeyQuestion } from '../effects/key-question.js'
import type { Given } from '../facts.js'
import { resolve } from '../resolve.js'
import { all, as, isFields, items, list, text, walk, words, type Fields } from '../tree.js'
import { computed, given } from './distances/given.js'
import { isConstant } from './expressions/constant.js'
import type { Proof } from './proof.js'
import { masked } from './refusal.js'

/* Foreign keys with something masked at one end answer by what becomes of a change at the other: that is a condition. */

const unknown: Given = { list: 'unknown' }

/** One change of a table's rows. */
interface Change {
  readonly event: KeyQuestion['event']
  /** Columns that it writes; undefined where that may be any. */
  readonly columns: readonly string[] | undefined
  /** What each row gets in a column. */
  readonly values: (column: string, table: Relation) => readonly unknown[] | undefined
  readonly where?: unknown
}

interface Target {
  readonly table: Relation
  /** Whether it is changed through a view, whose columns may have other names. */
  readonly hidden: boolean
}

const targetsOf = ({ catalog }: Proof, relation: unknown): readonly Target[] => {
  if (!isFields(relation)) return []
  return resolve(catalog, text(relation['schemaname']), text(relation['relname']) ?? '').flatMap((each) => {
    const below = (catalog.effects?.below.get(each.oid) ?? []).flatMap((oid) => catalog.relations.get(oid) ?? [])
    return [
      ...[each, ...below].map((table) => ({ table, hidden: false })),
      ...each.bases.map((table) => ({ table, hidden: true })),
    ]
  })
}

const assigned = (nodes: unknown): Pick<Change, 'columns' | 'values'> => {
  const set = all(nodes, 'ResTarget')
  return {
    columns: set.map(({ name }) => text(name) ?? ''),
    values: (column) => set.filter(({ name }) => name === column).map(({ val }) => val),
  }
}

const inserted = ({ cols, selectStmt }: Fields): Change => {
  const named = all(cols, 'ResTarget').map(({ name }) => text(name) ?? '')
  const rows = list(as(selectStmt, 'SelectStmt')?.['valuesLists'])
  return {
    event: 'insert',
    columns: selectStmt === undefined ? [] : named.length > 0 ? named : undefined,
    values: (column, table) => {
      const at = (named.length > 0 ? named : table.columns.map(({ name }) => name)).indexOf(column)
      return rows.length === 0 || at < 0 ? undefined : rows.map((row) => items(row)[at])
    },
  }
}

const any = (event: Change['event'], columns?: readonly string[]): Change => ({
  ...{ event, columns, values: () => undefined },
})

const merged = (fields: Fields): readonly Change[] =>
  all(fields['mergeWhenClauses'], 'MergeWhenClause').flatMap(({ commandType, targetList }): readonly Change[] => {
    const names = all(targetList, 'ResTarget').map(({ name }) => text(name) ?? '')
    if (commandType === 'CMD_INSERT') return [any('insert', names.length > 0 ? names : undefined)]
    if (commandType === 'CMD_UPDATE') return [any('update', names)]
    return commandType === 'CMD_DELETE' ? [any('delete')] : []
  })

/** What statements change, by their types. */
const changes: Readonly<Record<string, (fields: Fields) => readonly Change[]>> = {
  InsertStmt: (fields) => {
    const clause = isFields(fields['onConflictClause']) ? fields['onConflictClause'] : {}
    const set = clause['action'] === 'ONCONFLICT_UPDATE' ? [any('update', assigned(clause['targetList']).columns)] : []
    return [inserted(fields), ...set]
  },
  // Beside other relations a column of that name may be one of theirs.
  UpdateStmt: ({ targetList, fromClause, whereClause }) => [
    { event: 'update', ...assigned(targetList), where: fromClause === undefined ? whereClause : undefined },
  ],
  DeleteStmt: ({ usingClause, whereClause }) => [
    { ...any('delete'), where: usingClause === undefined ? whereClause : undefined },
  ],
  MergeStmt: merged,
  CopyStmt: (fields) => {
    const named = words(fields['attlist'])
    return fields['is_from'] === true ? [any('insert', named.length > 0 ? named : undefined)] : []
  },
  // What a later INSERT leaves out.
  AlterTableStmt: ({ cmds }) =>
    all(cmds, 'AlterTableCmd').flatMap(({ subtype, name, def }) =>
      subtype === 'AT_ColumnDefault' && def !== undefined ? [any('insert', [text(name) ?? ''])] : [],
    ),
}

/** The constant that each row has in a column which WHERE picks. */
const pinned = (proof: Proof, where: unknown, column: string): unknown => {
  const both = as(where, 'BoolExpr')
  if (both)
    return both['boolop'] === 'AND_EXPR'
      ? list(both['args'])
          .map((each) => pinned(proof, each, column))
          .find((each) => each !== undefined)
      : undefined
  const comparison = as(where, 'A_Expr')
  if (comparison?.['kind'] !== 'AEXPR_OP' || words(comparison['name']).join('.') !== '=') return undefined
  const name = words(as(comparison['lexpr'], 'ColumnRef')?.['fields']).at(-1)
  const constant = comparison['rexpr']
  return name === column && isConstant(proof, constant) ? constant : undefined
}

/** What is asked for; undefined where a change asks more than whether rows have a certain value. */
const askedFor = (
  proof: Proof,
  change: Change,
  { by, columns }: KeyQuestion,
  table: Relation,
): readonly Given[] | undefined => {
  if (by === 'unknown') return undefined
  if (by !== 'written') {
    const constants = by.map((column) => pinned(proof, change.where, column))
    return constants.every((each) => each !== undefined) ? constants.map(given) : undefined
  }
  return columns.flatMap((column) => {
    if (change.columns && !change.columns.includes(column)) return []
    const values = change.values(column, table)
    return values?.map((value) => (isConstant(proof, value) ? given(value) : unknown)) ?? [unknown]
  })
}

const concerns = (change: Change, { event, columns }: KeyQuestion): boolean =>
  change.event === event &&
  (event === 'delete' || change.columns === undefined || change.columns.some((name) => columns.includes(name)))

const ask = (proof: Proof, change: Change, question: KeyQuestion, table: Relation, node: Fields): void => {
  const { masked: columns } = question
  const level = proof.predicates({ kind: 'derived', columns })
  const refuses = level === 'deny'
  const values = level === 'allow' ? [computed(node)] : refuses ? undefined : askedFor(proof, change, question, table)
  if (!values)
    throw masked(columns[0] ?? '', 'by a foreign key that would tell of its values', refuses ? 'key' : 'keyed')
  for (const value of values) proof.guess({ columns, values: [value] })
}

/**
 * Holds changes in a tree to what the policy says of conditions on what foreign keys would answer by.
 * @returns whether any of them asks about masked values
 * @throws {Refusal}
 */
export const keyQuestions = (proof: Proof, tree: unknown): boolean => {
  const { keyQuestions: questions } = proof.catalog
  if (!questions?.size) return false
  let asks = false
  walk(tree, (node) => {
    for (const type in node) {
      const fields = Object.hasOwn(changes, type) ? node[type] : undefined
      if (!isFields(fields)) continue
      const made = changes[type]?.(fields) ?? []
      for (const target of made.length > 0 ? targetsOf(proof, fields['relation']) : [])
        for (const question of questions.get(target.table.oid) ?? [])
          for (const each of made) {
            const change = target.hidden ? any(each.event) : each
            if (!concerns(change, question)) continue
            asks = true
            ask(proof, change, question, target.table, fields)
          }
    }
  })
  return asks
}
