import type { Catalog, Relation } from '../catalog.js'
import { detailedKinds } from './detailed-kinds.js'
import type { Limit } from '../facts.js'
import { statements } from './statements.js'
import type { Collector, Place } from './collector.js'
import { functionsBehind, operatorsIn } from './behind.js'
import { isStatement, kindOf } from './kinds.js'
import { limitOfSelect } from './limit.js'
import { objectsMoved } from './moved.js'
import { parse } from '../parser.js'
import { keepsValues } from './retyping.js'
import { setCall } from './set-details.js'
import type { Body } from '../parser/plpgsql.js'
import { resolve } from '../resolve.js'
import { all, as, isFields, isRangeVar, text, words, type Fields } from '../tree.js'
import { Usage } from './usage.js'
import { typeOfColumn } from '../catalog/column-type.js'
import { spend } from '../work.js'

const queries: ReadonlySet<string> = new Set([
  ...['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'LockStmt', 'ExplainStmt', 'PrepareStmt'],
  ...['DeclareCursorStmt', 'CopyStmt', 'ExecuteStmt', 'CallStmt', 'DoStmt', 'ReturnStmt', 'PLAssignStmt'],
])

/** Collects what one piece of SQL names and does by itself; what is stored in the database it only leads to. */
export class StatementCollector implements Collector {
  readonly usage: Usage
  readonly #catalog: Catalog | undefined

  constructor(catalog: Catalog | undefined) {
    this.usage = new Usage(catalog)
    this.#catalog = catalog
  }

  visit(value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object') this.visit(item, place)
      return
    }
    if (!isFields(value)) return
    spend()
    this.usage.columnUse.look(value)
    for (const operator of operatorsIn(value)) this.usage.behind('operators', operator)
    // A type that is named, by a cast or where a column of it is made.
    if (value['typemod'] !== undefined) this.usage.behind('casts', words(value['names']).at(-1) ?? '')
    if (isRangeVar(value)) this.#table(value, place)
    else if (value['funcname'] !== undefined) this.#call(value, place)
    else if (Array.isArray(value['fields'])) this.#column(words(value['fields']))
    for (const name of words(value['indirection'])) this.usage.attribute(name)
    // The arms of a set operation are bare SELECTs with CTEs of their own.
    const inside = value['withClause'] === undefined ? place : this.with(value['withClause'], place)
    for (const key in value) {
      const inner = value[key]
      if (typeof inner === 'string') this.usage.columnUse.word(key, inner)
      if (typeof inner !== 'object' || key === 'withClause' || key === 'A_Const') continue
      if (isStatement(key) && isFields(inner)) this.statement(key, inner, inside)
      else this.visit(inner, inside)
    }
  }

  statement(type: string, fields: Fields, outer: Place): void {
    const place = { ...outer, role: queries.has(type) ? ('reads' as const) : ('writes' as const) }
    if (place.runs) {
      this.usage.kinds.add(kindOf(type, fields))
      for (const detail of detailedKinds(type, fields)) this.usage.details.add(detail)
      objectsMoved(type, fields, this.usage, this.#catalog)
      if (type === 'AlterTableStmt') this.#retypes(fields, place)
    }
    for (const name of functionsBehind(type, fields)) {
      this.usage.function(name.at(-2), name.at(-1) ?? '')
      this.usage.called(name.at(-1) ?? '')
    }
    const rule = Object.hasOwn(statements, type) ? statements[type] : undefined
    if (rule) rule(this, fields, place)
    else this.visit(fields, place)
  }

  body(body: Body, outer: Place): void {
    const place = { ...outer, limit: undefined, repeats: true }
    if (body.dynamic !== undefined) this.usage.mayDoAnything(body.dynamic)
    for (const kind of body.kinds) this.usage.kinds.add(kind)
    for (const { sql, expression } of body.statements) {
      const parsed = parse(sql)
      if (!parsed.ok) this.usage.mayDoAnything('a statement in its body can’t be read')
      else {
        for (const { node } of parsed.statements) {
          // An expression is wrapped in a SELECT that nobody wrote.
          const select = expression ? as(node, 'SelectStmt') : undefined
          this.visit(select ?? node, select ? { ...place, limit: 'all' } : place)
        }
      }
    }
  }

  /** Rows that come out of a query: bounded further where it runs any number of times. */
  limitOf(select: Fields, place: Place): Limit {
    const limit = limitOfSelect(select, this.usage.unknownFunction)
    const most = place.repeats && limit !== 'all' && limit !== 0 ? 'unknown' : limit
    // What VALUES hold was sent along.
    if (place.runs && !Array.isArray(select['valuesLists'])) this.usage.bound(most)
    return most
  }

  /** CREATE TABLE AS and SELECT INTO. */
  creates(into: unknown, place: Place): void {
    if (place.runs) {
      this.usage.kinds.add('create')
      this.usage.details.add('create table')
    }
    this.visit(into, { ...place, ctes: new Set(), role: 'writes' })
  }

  /** Goes through the CTEs. @returns the place of what may name them */
  with(clause: unknown, place: Place): Place {
    if (!isFields(clause)) return place
    const recursive = clause['recursive'] === true
    const ctes = all(clause['ctes'], 'CommonTableExpr')
    spend(place.ctes.size)
    // Those that come behind are added while nobody is inside of those before.
    const names = new Set(place.ctes)
    if (recursive) for (const cte of ctes) names.add(String(cte['ctename']))
    for (const cte of ctes) {
      this.visit(cte, { ...place, ctes: names, role: 'reads' })
      names.add(String(cte['ctename']))
    }
    return { ...place, ctes: names }
  }

  /** The relations that a RangeVar may mean. */
  resolve(relation: unknown): readonly Relation[] {
    if (!this.#catalog || !isFields(relation) || !isRangeVar(relation)) return []
    return resolve(this.#catalog, text(relation['schemaname']), text(relation['relname']) ?? '')
  }

  /** Which changes of a column's type rewrite its table: all that can't be shown to leave the values as they are. */
  #retypes({ cmds, relation }: Fields, place: Place): void {
    for (const command of all(cmds, 'AlterTableCmd')) {
      if (command['subtype'] !== 'AT_AlterColumnType') continue
      // What stands before it in a body may change the type first.
      const tables = place.repeats ? [] : this.resolve(relation)
      if (keepsValues(command, tables, this.#catalog?.addedTypes ?? [])) this.#restsOnType(tables, command['name'])
      else this.usage.details.add('rewrite table')
    }
  }

  #restsOnType(tables: readonly Relation[], name: unknown): void {
    for (const { oid, columns } of tables)
      for (const column of columns) if (column.name === name) this.usage.types.set(...typeOfColumn(oid, column))
  }

  #table(fields: Fields, place: Place): void {
    const name = text(fields['relname']) ?? ''
    const schema = text(fields['schemaname'])
    this.usage.columnUse.table(fields)
    if (schema === undefined && place.ctes.has(name)) return
    const only = fields['inh'] !== true
    if (place.runs || place.role === 'reads') this.usage.relation(place.role, schema, name, place.limit ?? 0, only)
  }

  #call(fields: Fields, place: Place): void {
    const name = words(fields['funcname'])
    if (place.runs)
      this.usage.called(name.at(-1) ?? '', name.at(-1) === 'set_config' ? setCall(fields['args']) : undefined)
    this.usage.function(name.at(-2), name.at(-1) ?? '')
    this.usage.behind('aggregates', name.at(-1) ?? '')
  }

  #column(names: readonly string[]): void {
    const last = names.at(-1)
    if (names.length > 1 && last !== undefined) this.usage.attribute(last)
  }
}
