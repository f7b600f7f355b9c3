import { isOn, optionsOf } from '../copy-options.js'
import type { CascadeEvent } from '../effects/types.js'
import type { Relation } from '../catalog.js'
import type { Collector, Place } from './collector.js'
import { limitOfReturning } from './limit.js'
import { createdBody, doBody } from '../parser/plpgsql.js'
import { all, isFields, list, text, words, type Fields } from '../tree.js'
import { rowsOf } from './row.js'
import { picksNothing } from './where.js'

/** Objects named by lists of words: how many of the last words are not the relation's. */
const named: Readonly<Record<string, number>> = {
  ...{ OBJECT_TABLE: 0, OBJECT_VIEW: 0, OBJECT_MATVIEW: 0, OBJECT_FOREIGN_TABLE: 0, OBJECT_SEQUENCE: 0 },
  ...{ OBJECT_COLUMN: 1, OBJECT_TRIGGER: 1, OBJECT_RULE: 1, OBJECT_POLICY: 1, OBJECT_TABCONSTRAINT: 1 },
}

const mergeActions: Readonly<Record<string, 'insert' | 'update' | 'delete'>> = {
  ...{ CMD_INSERT: 'insert', CMD_UPDATE: 'update', CMD_DELETE: 'delete' },
}

/** What a statement changes the rows of: a name that the catalog doesn't know is looked at before, as one that is read. */
const targeted = (collector: Collector, relation: unknown): readonly Relation[] => {
  const found = collector.resolve(relation)
  if (isFields(relation)) collector.usage.known(text(relation['schemaname']), text(relation['relname']) ?? '', found)
  return found
}

/** INSERT, UPDATE, DELETE, MERGE: their target is a table even where a CTE has its name. */
const changes = (
  collector: Collector,
  fields: Fields,
  outer: Place,
  events: readonly (CascadeEvent | 'insert')[],
  blind?: boolean,
): readonly Relation[] => {
  const { relation, whereClause, withClause, ...rest } = fields
  const returned = limitOfReturning(fields)
  const place = withClause === undefined ? outer : collector.with(withClause, outer)
  const target = { ...place, ctes: new Set<string>(), limit: place.runs ? returned : 0 }
  const found = targeted(collector, relation)
  if (place.runs) {
    collector.visit(relation, { ...target, role: 'writes' })
    for (const each of found) sets(collector, each, place, events)
    if (blind !== undefined) collector.usage.condition(!blind)
    collector.usage.bound(returned)
  }
  const readsToo = events.some((event) => event !== 'insert') || returned !== 0
  if (readsToo || !place.runs) collector.visit(relation, { ...target, role: 'reads' })
  // What it is set to may come from anywhere; WHERE only picks.
  collector.visit(rest, { ...place, limit: place.runs && !events.includes('delete') ? 'all' : target.limit })
  collector.visit(whereClause, { ...place, limit: target.limit })
  return found
}

/** @param others the relations beside the one that is changed */
const blindly = (collector: Collector, fields: Fields, others: unknown): boolean =>
  picksNothing(
    fields['whereClause'],
    rowsOf(fields['relation'], others, (each) => collector.resolve(each)),
  )

const sets = (
  collector: Collector,
  relation: Relation,
  place: Place,
  events: readonly (CascadeEvent | 'insert')[],
): void => {
  if (place.runs) for (const event of events) collector.usage.changes(relation, event)
}

const objects = (collector: Collector, type: unknown, names: readonly unknown[], place: Place): void => {
  const extra = named[String(type)]
  if (extra === undefined || !place.runs) return
  for (const object of names) {
    const name = words(object)
    const relation = extra === 0 ? name : name.slice(0, -extra)
    const last = relation.at(-1)
    if (last !== undefined) collector.usage.relation('writes', relation.at(-2), last)
    if (extra > 0) collector.usage.columnUse.word('column', name.at(-1) ?? '')
  }
}

/** What kinds of statements do with what they name, where that is not all alike. */
export const statements: Readonly<Record<string, (collector: Collector, fields: Fields, place: Place) => void>> = {
  SelectStmt: (collector, fields, outer) => {
    const place = { ...outer, limit: outer.limit ?? collector.limitOf(fields, outer) }
    const { intoClause, ...rest } = fields
    if (intoClause !== undefined) collector.creates(intoClause, place)
    if (fields['lockingClause'] !== undefined && place.runs) collector.usage.kinds.add('lock')
    // FOR UPDATE OF names aliases of this query, not tables. What its outputs are called is no column's name.
    const { lockingClause: _aliases, targetList, ...query } = rest
    const outputs = all(targetList, 'ResTarget').map((target) => ({ ResTarget: { ...target, name: undefined } }))
    collector.visit({ targetList: outputs, ...query }, place)
  },
  InsertStmt: (collector, fields, place) => {
    const conflict = isFields(fields['onConflictClause']) ? fields['onConflictClause'] : undefined
    const upsert = conflict?.['action'] === 'ONCONFLICT_UPDATE'
    if (upsert && place.runs) collector.usage.kinds.add('update')
    const { selectStmt, withClause, ...rest } = fields
    const inside = withClause === undefined ? place : collector.with(withClause, place)
    const target = changes(collector, rest, inside, upsert ? ['insert', 'update'] : ['insert'])
    if (list(fields['cols']).length === 0) for (const each of target) collector.usage.columnUse.whole(each)
    // Its rows go into another table, whatever comes out of the statement around it.
    collector.visit(selectStmt, { ...inside, limit: place.runs ? undefined : 0 })
  },
  UpdateStmt: (collector, fields, place) =>
    void changes(collector, fields, place, ['update'], blindly(collector, fields, fields['fromClause'])),
  DeleteStmt: (collector, fields, place) =>
    void changes(collector, fields, place, ['delete'], blindly(collector, fields, fields['usingClause'])),
  MergeStmt: (collector, fields, place) => {
    const events = new Set<CascadeEvent | 'insert'>()
    let blind = false
    const rows = rowsOf(fields['relation'], [fields['sourceRelation']], (each) => collector.resolve(each))
    const everyPair = picksNothing(fields['joinCondition'], rows)
    for (const clause of all(fields['mergeWhenClauses'], 'MergeWhenClause')) {
      const action = mergeActions[String(clause['commandType'])]
      if (action === undefined) continue
      events.add(action)
      if (place.runs) collector.usage.kinds.add(action)
      const everyRow = clause['matchKind'] === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE' || everyPair
      blind ||= action !== 'insert' && everyRow && picksNothing(clause['condition'], rows)
    }
    changes(collector, fields, place, [...events], events.has('update') || events.has('delete') ? blind : undefined)
  },
  TruncateStmt: (collector, fields, place) => {
    collector.visit(fields, place)
    // Its triggers fire in any case; what refers to it goes too where it says CASCADE.
    const event = fields['behavior'] === 'DROP_CASCADE' ? 'truncate' : 'insert'
    for (const each of all(fields['relations'], 'RangeVar'))
      for (const relation of collector.resolve(each)) sets(collector, relation, place, [event])
  },
  CopyStmt: (collector, fields, place) => {
    const { relation, query, ...rest } = fields
    const from = fields['is_from'] === true
    const target = { ...place, ctes: new Set<string>(), role: from ? ('writes' as const) : ('reads' as const) }
    collector.visit(relation, { ...target, limit: from ? 0 : 'all' })
    if (!from && relation !== undefined) collector.usage.bound('all')
    for (const each of from ? targeted(collector, relation) : collector.resolve(relation)) {
      if (list(fields['attlist']).length === 0) collector.usage.columnUse.whole(each)
      if (from) sets(collector, each, place, ['insert'])
    }
    collector.visit(query, place)
    collector.visit(rest, place)
  },
  ExplainStmt: (collector, fields, place) => {
    const runs = place.runs && optionsOf(fields).some((option) => option.name === 'analyze' && isOn(option))
    // Without ANALYZE nothing comes out but the plan.
    collector.visit(fields['query'], { ...place, runs, limit: runs ? place.limit : 0 })
  },
  CreateTableAsStmt: (collector, fields, place) => {
    const { into, ...rest } = fields
    collector.creates(into, place)
    collector.visit(rest, { ...place, role: 'reads', limit: place.runs ? undefined : 0 })
  },
  // A view is looked through wherever it is read.
  ViewStmt: (collector, fields, place) => collector.visit(fields, { ...place, limit: 0 }),
  // Creating it runs nothing; but whoever calls it later is told apart from others by its name alone.
  CreateFunctionStmt: (collector, fields, place) => {
    const { funcname: _own, ...rest } = fields
    collector.body(createdBody(fields), place)
    collector.visit(rest, { ...place, role: 'reads', limit: undefined, repeats: true })
  },
  RuleStmt: (collector, fields, place) => collector.visit(fields, { ...place, limit: undefined, repeats: true }),
  DropStmt: (collector, fields, place) => objects(collector, fields['removeType'], list(fields['objects']), place),
  CommentStmt: (collector, fields, place) => objects(collector, fields['objtype'], [fields['object']], place),
  SecLabelStmt: (collector, fields, place) => objects(collector, fields['objtype'], [fields['object']], place),
  AlterDefaultPrivilegesStmt: (collector, fields, place) => collector.visit({ GrantStmt: fields['action'] }, place),
  DoStmt: (collector, fields, place) => collector.body(doBody(fields), place),
}
