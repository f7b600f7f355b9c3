import type { Catalog, Relation } from './catalog.js'
import { isOn, optionsOf } from './copy-options.js'
import { detailedKinds } from './detailed-kinds.js'
import type { CascadeEvent } from './effects/types.js'
import type { Limit } from './facts.js'
import { runsText } from './effects/runners.js'
import { isStatement, kindOf } from './kinds.js'
import { limitOfReturning, limitOfSelect } from './limit.js'
import { objectsMoved } from './moved.js'
import { parse } from './parser.js'
import { createdBody, doBody, type Body } from './plpgsql.js'
import { resolve } from './resolve.js'
import { all, as, isFields, isRangeVar, list, text, words, type Fields } from './tree.js'
import { Usage } from './usage.js'
import { picksNothing } from './where.js'

/** Where the walk is: names of CTEs that hide tables, and what a table named here suffers. */
interface Place {
  readonly ctes: ReadonlySet<string>
  readonly role: 'reads' | 'writes'
  /** False inside an EXPLAIN that does not execute: only what is read then counts. */
  readonly runs: boolean
  /** How many rows get out of what is read here; the next query says so itself where it is undefined. */
  readonly limit: Limit | undefined
  /** In the body of a function or block, which may run any number of times. */
  readonly repeats: boolean
}

const queries: ReadonlySet<string> = new Set([
  ...['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'LockStmt', 'ExplainStmt', 'PrepareStmt'],
  ...['DeclareCursorStmt', 'CopyStmt', 'ExecuteStmt', 'CallStmt', 'DoStmt', 'ReturnStmt', 'PLAssignStmt'],
])

/** Objects named by lists of words: how many of the last words are not the relation's. */
const named: Readonly<Record<string, number>> = {
  ...{ OBJECT_TABLE: 0, OBJECT_VIEW: 0, OBJECT_MATVIEW: 0, OBJECT_FOREIGN_TABLE: 0, OBJECT_SEQUENCE: 0 },
  ...{ OBJECT_COLUMN: 1, OBJECT_TRIGGER: 1, OBJECT_RULE: 1, OBJECT_POLICY: 1, OBJECT_TABCONSTRAINT: 1 },
}

const mergeActions: Readonly<Record<string, 'insert' | 'update' | 'delete'>> = {
  ...{ CMD_INSERT: 'insert', CMD_UPDATE: 'update', CMD_DELETE: 'delete' },
}

/** Collects what one piece of SQL names and does by itself; what is stored in the database it only leads to. */
export class Collector {
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
    this.usage.columnUse.look(value)
    if (isRangeVar(value)) this.#table(value, place)
    else if (value['funcname'] !== undefined) this.#call(value, place)
    else if (Array.isArray(value['fields'])) this.#column(words(value['fields']))
    // The arms of a set operation are bare SELECTs with CTEs of their own.
    const inside = value['withClause'] === undefined ? place : this.#with(value['withClause'], place)
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
    }
    const special = this.#special[type]
    if (special) special(fields, place)
    else this.visit(fields, place)
  }

  readonly #special: Readonly<Record<string, (fields: Fields, place: Place) => void>> = {
    SelectStmt: (fields, outer) => {
      const place = { ...outer, limit: outer.limit ?? this.#limitOf(fields, outer) }
      const { intoClause, ...rest } = fields
      if (intoClause !== undefined) this.#creates(intoClause, place)
      if (fields['lockingClause'] !== undefined && place.runs) this.usage.kinds.add('lock')
      // FOR UPDATE OF names aliases of this query, not tables. What its outputs are called is no column's name.
      const { lockingClause: _aliases, targetList, ...query } = rest
      const outputs = all(targetList, 'ResTarget').map((target) => ({ ResTarget: { ...target, name: undefined } }))
      this.visit({ targetList: outputs, ...query }, place)
    },
    InsertStmt: (fields, place) => {
      const conflict = isFields(fields['onConflictClause']) ? fields['onConflictClause'] : undefined
      const upsert = conflict?.['action'] === 'ONCONFLICT_UPDATE'
      if (upsert && place.runs) this.usage.kinds.add('update')
      const { selectStmt, withClause, ...rest } = fields
      const inside = withClause === undefined ? place : this.#with(withClause, place)
      const target = this.#changes(rest, inside, upsert ? ['insert', 'update'] : ['insert'])
      if (list(fields['cols']).length === 0) for (const each of target) this.usage.columnUse.whole(each)
      // Its rows go into another table, whatever comes out of the statement around it.
      this.visit(selectStmt, { ...inside, limit: place.runs ? undefined : 0 })
    },
    UpdateStmt: (fields, place) => void this.#changes(fields, place, ['update'], picksNothing(fields['whereClause'])),
    DeleteStmt: (fields, place) => void this.#changes(fields, place, ['delete'], picksNothing(fields['whereClause'])),
    MergeStmt: (fields, place) => {
      const events = new Set<CascadeEvent | 'insert'>()
      let blind = false
      for (const clause of all(fields['mergeWhenClauses'], 'MergeWhenClause')) {
        const action = mergeActions[String(clause['commandType'])]
        if (action === undefined) continue
        events.add(action)
        if (place.runs) this.usage.kinds.add(action)
        const everyRow =
          clause['matchKind'] === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE' || picksNothing(fields['joinCondition'])
        blind ||= action !== 'insert' && everyRow && picksNothing(clause['condition'])
      }
      this.#changes(fields, place, [...events], events.has('update') || events.has('delete') ? blind : undefined)
    },
    TruncateStmt: (fields, place) => {
      this.visit(fields, place)
      // Its triggers fire in any case; what refers to it goes too where it says CASCADE.
      const event = fields['behavior'] === 'DROP_CASCADE' ? 'truncate' : 'insert'
      for (const each of all(fields['relations'], 'RangeVar'))
        for (const relation of this.#resolve(each)) this.#sets(relation, place, [event])
    },
    CopyStmt: (fields, place) => {
      const { relation, query, ...rest } = fields
      const from = fields['is_from'] === true
      const target = { ...place, ctes: new Set<string>(), role: from ? ('writes' as const) : ('reads' as const) }
      this.visit(relation, { ...target, limit: from ? 0 : 'all' })
      if (!from && relation !== undefined) this.usage.bound('all')
      for (const each of this.#resolve(relation)) {
        if (list(fields['attlist']).length === 0) this.usage.columnUse.whole(each)
        if (from) this.#sets(each, place, ['insert'])
      }
      this.visit(query, place)
      this.visit(rest, place)
    },
    ExplainStmt: (fields, place) => {
      const runs = place.runs && optionsOf(fields).some((option) => option.name === 'analyze' && isOn(option))
      // Without ANALYZE nothing comes out but the plan.
      this.visit(fields['query'], { ...place, runs, limit: runs ? place.limit : 0 })
    },
    CreateTableAsStmt: (fields, place) => {
      const { into, ...rest } = fields
      this.#creates(into, place)
      this.visit(rest, { ...place, role: 'reads', limit: place.runs ? undefined : 0 })
    },
    // A view is looked through wherever it is read.
    ViewStmt: (fields, place) => this.visit(fields, { ...place, limit: 0 }),
    // Creating it runs nothing; but whoever calls it later is told apart from others by its name alone.
    CreateFunctionStmt: (fields, place) => {
      const { funcname: _own, ...rest } = fields
      this.body(createdBody(fields), place)
      this.visit(rest, { ...place, role: 'reads', limit: undefined, repeats: true })
    },
    RuleStmt: (fields, place) => this.visit(fields, { ...place, limit: undefined, repeats: true }),
    DropStmt: (fields, place) => this.#objects(fields['removeType'], list(fields['objects']), place),
    CommentStmt: (fields, place) => this.#objects(fields['objtype'], [fields['object']], place),
    SecLabelStmt: (fields, place) => this.#objects(fields['objtype'], [fields['object']], place),
    AlterDefaultPrivilegesStmt: (fields, place) => this.visit({ GrantStmt: fields['action'] }, place),
    DoStmt: (fields, place) => this.body(doBody(fields), place),
  }

  body(body: Body, outer: Place): void {
    const place = { ...outer, limit: undefined, repeats: true }
    if (body.dynamic) this.usage.kinds.add('dynamic')
    for (const kind of body.kinds) this.usage.kinds.add(kind)
    for (const { sql, expression } of body.statements) {
      const parsed = parse(sql)
      if (!parsed.ok) this.usage.kinds.add('dynamic')
      else {
        for (const { node } of parsed.statements) {
          // An expression is wrapped in a SELECT that nobody wrote.
          const select = expression ? as(node, 'SelectStmt') : undefined
          this.visit(select ?? node, select ? { ...place, limit: 'all' } : place)
        }
      }
    }
  }

  /** INSERT, UPDATE, DELETE, MERGE: their target is a table even where a CTE has its name. */
  #changes(
    fields: Fields,
    outer: Place,
    events: readonly (CascadeEvent | 'insert')[],
    blind?: boolean,
  ): readonly Relation[] {
    const { relation, whereClause, withClause, ...rest } = fields
    const returned = limitOfReturning(fields)
    const place = withClause === undefined ? outer : this.#with(withClause, outer)
    const target = { ...place, ctes: new Set<string>(), limit: place.runs ? returned : 0 }
    const found = this.#resolve(relation)
    if (place.runs) {
      this.visit(relation, { ...target, role: 'writes' })
      for (const each of found) this.#sets(each, place, events)
      if (blind !== undefined) this.usage.condition(!blind)
      this.usage.bound(returned)
    }
    const readsToo = events.some((event) => event !== 'insert') || returned !== 0
    if (readsToo || !place.runs) this.visit(relation, { ...target, role: 'reads' })
    // What it is set to may come from anywhere; WHERE only picks.
    this.visit(rest, { ...place, limit: place.runs && !events.includes('delete') ? 'all' : target.limit })
    this.visit(whereClause, { ...place, limit: target.limit })
    return found
  }

  #sets(relation: Relation, place: Place, events: readonly (CascadeEvent | 'insert')[]): void {
    if (place.runs) for (const event of events) this.usage.changes(relation, event)
  }

  #limitOf(select: Fields, place: Place): Limit {
    const limit = limitOfSelect(select, this.usage.unknownFunction)
    const most = place.repeats && limit !== 'all' && limit !== 0 ? 'unknown' : limit
    // What VALUES hold was sent along.
    if (place.runs && !Array.isArray(select['valuesLists'])) this.usage.bound(most)
    return most
  }

  #creates(into: unknown, place: Place): void {
    if (place.runs) {
      this.usage.kinds.add('create')
      this.usage.details.add('create table')
    }
    this.visit(into, { ...place, ctes: new Set(), role: 'writes' })
  }

  #with(clause: unknown, place: Place): Place {
    if (!isFields(clause)) return place
    const recursive = clause['recursive'] === true
    const ctes = all(clause['ctes'], 'CommonTableExpr')
    const names = new Set(place.ctes)
    if (recursive) for (const cte of ctes) names.add(String(cte['ctename']))
    for (const cte of ctes) {
      this.visit(cte, { ...place, ctes: new Set(names), role: 'reads' })
      names.add(String(cte['ctename']))
    }
    return { ...place, ctes: names }
  }

  #resolve(relation: unknown): readonly Relation[] {
    if (!this.#catalog || !isFields(relation) || !isRangeVar(relation)) return []
    return resolve(this.#catalog, text(relation['schemaname']), text(relation['relname']) ?? '')
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
    if (place.runs && runsText(name.at(-1) ?? '')) this.usage.kinds.add('dynamic')
    this.usage.function(name.at(-2), name.at(-1) ?? '')
  }

  #column(names: readonly string[]): void {
    const last = names.at(-1)
    if (names.length > 1 && last !== undefined) this.usage.attribute(last)
  }

  #objects(type: unknown, objects: readonly unknown[], place: Place): void {
    const extra = named[String(type)]
    if (extra === undefined || !place.runs) return
    for (const object of objects) {
      const name = words(object)
      const relation = extra === 0 ? name : name.slice(0, -extra)
      const last = relation.at(-1)
      if (last !== undefined) this.usage.relation('writes', relation.at(-2), last)
      if (extra > 0) this.usage.columnUse.word('column', name.at(-1) ?? '')
    }
  }
}
