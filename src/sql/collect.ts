import { runsSql } from './catalog/denied.js'
import type { Catalog } from './catalog.js'
import { isOn, optionsOf } from './copy-options.js'
import { isStatement, kindOf } from './kinds.js'
import { parse } from './parser.js'
import { createdBody, doBody, type Body } from './plpgsql.js'
import { all, as, isFields, isRangeVar, list, text, words, type Fields } from './tree.js'
import { Usage } from './usage.js'

/** Where the walk is: names of CTEs that hide tables, and what a table named here suffers. */
interface Place {
  readonly ctes: ReadonlySet<string>
  readonly role: 'reads' | 'writes'
  /** False inside an EXPLAIN that does not execute: only what is read then counts. */
  readonly runs: boolean
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

const mergeActions: Readonly<Record<string, string>> = {
  ...{ CMD_INSERT: 'insert', CMD_UPDATE: 'update', CMD_DELETE: 'delete' },
}

class Collector {
  readonly usage: Usage

  constructor(catalog: Catalog | undefined) {
    this.usage = new Usage(catalog)
  }

  visit(value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === 'object') this.visit(item, place)
      return
    }
    if (!isFields(value)) return
    if (isRangeVar(value)) this.#table(value, place)
    else if (value['funcname'] !== undefined) this.#call(value, place)
    else if (Array.isArray(value['fields'])) this.#column(words(value['fields']))
    // The arms of a set operation are bare SELECTs with CTEs of their own.
    const inside = value['withClause'] === undefined ? place : this.#with(value['withClause'], place)
    for (const key in value) {
      const inner = value[key]
      if (typeof inner !== 'object' || key === 'withClause') continue
      if (isStatement(key) && isFields(inner)) this.statement(key, inner, inside)
      else this.visit(inner, inside)
    }
  }

  statement(type: string, fields: Fields, outer: Place): void {
    const place = { ...outer, role: queries.has(type) ? ('reads' as const) : ('writes' as const) }
    const kind = kindOf(type, fields)
    if (place.runs) this.usage.kinds.add(kind)
    const special = this.#special[type]
    if (special) special(fields, place)
    else this.visit(fields, place)
  }

  readonly #special: Readonly<Record<string, (fields: Fields, place: Place) => void>> = {
    SelectStmt: (fields, place) => {
      const { intoClause, ...rest } = fields
      if (intoClause !== undefined) this.#creates(intoClause, place)
      if (fields['lockingClause'] !== undefined && place.runs) this.usage.kinds.add('lock')
      // FOR UPDATE OF names aliases of this query, not tables.
      const { lockingClause: _aliases, ...query } = rest
      this.visit(query, place)
    },
    InsertStmt: (fields, place) => {
      const upsert =
        isFields(fields['onConflictClause']) && fields['onConflictClause']['action'] === 'ONCONFLICT_UPDATE'
      if (upsert && place.runs) this.usage.kinds.add('update')
      this.#changes(fields, place, upsert || fields['returningClause'] !== undefined)
    },
    UpdateStmt: (fields, place) => this.#changes(fields, place, true, fields['whereClause'] !== undefined),
    DeleteStmt: (fields, place) => this.#changes(fields, place, true, fields['whereClause'] !== undefined),
    MergeStmt: (fields, place) => {
      for (const clause of all(fields['mergeWhenClauses'], 'MergeWhenClause')) {
        const action = mergeActions[String(clause['commandType'])]
        if (action !== undefined && place.runs) this.usage.kinds.add(action)
      }
      this.#changes(fields, place, true)
    },
    CopyStmt: (fields, place) => {
      const { relation, ...rest } = fields
      this.visit(relation, { ...place, ctes: new Set(), role: fields['is_from'] === true ? 'writes' : 'reads' })
      this.visit(rest, place)
    },
    ExplainStmt: (fields, place) => {
      const runs = optionsOf(fields).some((option) => option.name === 'analyze' && isOn(option))
      this.visit(fields['query'], { ...place, runs: place.runs && runs })
    },
    CreateTableAsStmt: (fields, place) => {
      const { into, ...rest } = fields
      this.#creates(into, place)
      this.visit(rest, { ...place, role: 'reads' })
    },
    // Creating it runs nothing; but whoever calls it later is told apart from others by its name alone.
    CreateFunctionStmt: (fields, place) => {
      const { funcname: _own, ...rest } = fields
      this.#body(createdBody(fields), place)
      this.visit(rest, { ...place, role: 'reads' })
    },
    DropStmt: (fields, place) => this.#objects(fields['removeType'], list(fields['objects']), place),
    CommentStmt: (fields, place) => this.#objects(fields['objtype'], [fields['object']], place),
    SecLabelStmt: (fields, place) => this.#objects(fields['objtype'], [fields['object']], place),
    AlterDefaultPrivilegesStmt: (fields, place) => this.visit({ GrantStmt: fields['action'] }, place),
    DoStmt: (fields, place) => this.#body(doBody(fields), place),
  }

  /** INSERT, UPDATE, DELETE, MERGE: their target is a table even where a CTE has its name. */
  #changes(fields: Fields, place: Place, readsToo: boolean, where?: boolean): void {
    const { relation, ...rest } = fields
    const target = { ...place, ctes: new Set<string>() }
    if (place.runs) {
      this.visit(relation, { ...target, role: 'writes' })
      if (where !== undefined) this.usage.condition(where)
    }
    if (readsToo || !place.runs) this.visit(relation, { ...target, role: 'reads' })
    this.visit(rest, place)
  }

  #creates(into: unknown, place: Place): void {
    if (place.runs) this.usage.kinds.add('create')
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

  #table(fields: Fields, place: Place): void {
    const name = text(fields['relname']) ?? ''
    const schema = text(fields['schemaname'])
    if (schema === undefined && place.ctes.has(name)) return
    if (place.runs || place.role === 'reads') this.usage.relation(place.role, schema, name)
  }

  #call(fields: Fields, place: Place): void {
    const name = words(fields['funcname'])
    if (place.runs && runsSql(name.at(-1) ?? '')) this.usage.kinds.add('dynamic')
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
    }
  }

  #body(body: Body, place: Place): void {
    if (body.dynamic) this.usage.kinds.add('dynamic')
    for (const kind of body.kinds) this.usage.kinds.add(kind)
    for (const { sql, expression } of body.statements) {
      const parsed = parse(sql)
      if (!parsed.ok) this.usage.kinds.add('dynamic')
      else {
        for (const { node } of parsed.statements) {
          // An expression is wrapped in a SELECT that nobody wrote.
          this.visit(expression ? (as(node, 'SelectStmt') ?? node) : node, place)
        }
      }
    }
  }
}

/** Collects what one top-level statement does and names, through everything inside it. */
export const collect = (node: unknown, catalog: Catalog | undefined): Usage => {
  const collector = new Collector(catalog)
  collector.visit(node, { ctes: new Set(), role: 'reads', runs: true })
  return collector.usage
}
