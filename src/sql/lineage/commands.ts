import { isOn, optionsOf, copyFacts } from '../copy-options.js'
import { isFields, unwrap, words, type Fields } from '../tree.js'
import { definition } from './definitions.js'
import { clean } from './mark.js'
import { predicate } from './expressions/predicate.js'
import { queries } from './queries/query.js'
import { top, type Place, type Proof } from './proof.js'
import { masked, unproven } from './refusal.js'
import { relationsOf, tableSource } from './queries/relation.js'
import { hidden, itemOf, type ScopeColumn, type Shape } from './scope.js'

/** What the client gets: columns, or nothing that could be masked. */
type Outcome = Shape | undefined

const inner = (proof: Proof, node: unknown, place: Place): Shape => {
  const [type, fields] = unwrap(node) ?? []
  if (type === undefined || !fields) throw unproven('a query', 'it can’t be read', 'query')
  return proof.query(type, fields, place)
}

/** PREPARE and DECLARE: what EXECUTE and FETCH yield later. */
const later = (proof: Proof, fields: Fields): Outcome => inner(proof, fields['query'], top)

/** COPY table (a, b): the columns named, or all that are not generated. */
const copiedColumns = (proof: Proof, fields: Fields, table: Fields): Shape => {
  const source = tableSource(proof, table)
  const names = words(fields['attlist'])
  const column = hidden(source)
  if (source.ambiguous && column !== undefined)
    throw unproven(column, 'which table is meant depends on the search path', 'schema')
  if (names.length > 0) {
    const columns = names.map(
      (name): ScopeColumn => source.columns.find((each) => each.name === name) ?? { name, mark: clean },
    )
    return { columns, open: source.open }
  }
  const generated = new Set(
    relationsOf(proof, table).flatMap(({ columns }) => columns.flatMap((each) => (each.generated ? [each.name] : []))),
  )
  return { columns: source.columns.filter(({ name }) => name === undefined || !generated.has(name)), open: source.open }
}

const copy = (proof: Proof, fields: Fields): Outcome => {
  const table = fields['relation']
  if (fields['is_from'] === true && isFields(table)) {
    const source = tableSource(proof, table)
    predicate(proof, fields['whereClause'], {
      ...top,
      flow: 'kept',
      scope: { items: [itemOf(source)], outer: undefined },
    })
    return undefined
  }
  const shape = isFields(table) ? copiedColumns(proof, fields, table) : inner(proof, fields['query'], top)
  const column = hidden(shape)
  if (column === undefined) return shape
  const encoding = optionsOf(fields).find(({ name }) => name === 'encoding')?.value
  if (!copyFacts(fields)) throw unproven(column, 'this format of COPY is not known', 'copy')
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
    throw unproven(column, 'masks need COPY in the encoding UTF8', 'copy')
  return shape
}

export type CommandRule = (proof: Proof, fields: Fields) => Outcome

/** What may be done with queries on tables with masks. What is not here is a definition. */
export const commands: Record<string, CommandRule> = {
  CopyStmt: copy,
  PrepareStmt: later,
  DeclareCursorStmt: later,
  ExplainStmt: (proof, fields) => {
    if (optionsOf(fields).some((option) => option.name === 'analyze' && isOn(option))) {
      throw unproven(
        'EXPLAIN ANALYZE',
        'it runs the statement and reports counts that depend on masked tables',
        'explain',
      )
    }
    inner(proof, fields['query'], top)
    return undefined
  },
  CreateTableAsStmt: (proof, fields) => {
    const [type] = unwrap(fields['query']) ?? []
    if (fields['objtype'] !== 'OBJECT_TABLE' || type === 'ExecuteStmt') {
      throw unproven('CREATE', 'what it would keep of a table with masked columns is not analysed', 'definition')
    }
    const column = hidden(inner(proof, fields['query'], { ...top, flow: 'kept' }))
    if (column !== undefined) throw masked(column, 'to fill another table', 'store')
    proof.accountAll(fields['into'])
    return undefined
  },
}

/** Whether a statement is no definition. */
export const yieldsOrRuns = (type: string): boolean => Object.hasOwn(queries, type) || Object.hasOwn(commands, type)

/**
 * Proves one statement that names a sensitive table.
 * @returns the output columns that the client gets, now or when it runs what is named here, where it gets any
 * @throws {Refusal}
 */
export const command = (proof: Proof, type: string, fields: Fields): Outcome => {
  if (Object.hasOwn(queries, type)) return proof.query(type, fields, top)
  const rule = Object.hasOwn(commands, type) ? commands[type] : undefined
  if (rule) return rule(proof, fields)
  definition(proof, type, fields)
  return undefined
}
