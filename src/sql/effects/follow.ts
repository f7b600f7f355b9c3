import type { Catalog } from '../catalog.js'
import { StatementCollector } from '../collect/collect.js'
import { larger } from '../collect/limit.js'
import type { Limit } from '../facts.js'
import { parse } from '../parser.js'
import { storedBody } from '../parser/plpgsql.js'
import { setStatement } from '../collect/set-details.js'
import { all, as, list } from '../tree.js'
import type { Usage } from '../collect/usage.js'
import type { Lead } from './types.js'
import type { StoredRoutine } from './types.js'
import { bounded, TooComplex } from '../work.js'

/** What stored objects do by themselves, per snapshot: read off once, followed each time. */
const known = new WeakMap<Catalog, Map<string, Usage>>()

const start = { ctes: new Set<string>(), role: 'reads' as const, runs: true, limit: undefined, repeats: true }

const unreadable = (catalog: Catalog, what: string): Usage => {
  const { usage } = new StatementCollector(catalog)
  usage.mayDoAnything(`${what} can’t be read`)
  return usage
}

const ofRoutine = (catalog: Catalog, routine: StoredRoutine | undefined): Usage => {
  if (!routine) return new StatementCollector(catalog).usage // In C, or gone.
  const parsed = routine.definition === undefined ? undefined : parse(routine.definition)
  const fields = parsed?.ok ? as(parsed.statements[0]?.node, 'CreateFunctionStmt') : undefined
  if (!fields || routine.definition === undefined)
    return unreadable(catalog, `the function ${routine.schema}.${routine.name}`)
  const collector = new StatementCollector(catalog)
  collector.body(storedBody(routine.definition, fields), start)
  for (const option of all(fields['options'], 'DefElem'))
    for (const detail of setStatement(as(option['arg'], 'VariableSetStmt') ?? {})) collector.usage.details.add(detail)
  // The body of BEGIN ATOMIC.
  collector.visit(fields['sql_body'], start)
  return collector.usage.finish()
}

const ofText = (catalog: Catalog, sql: string, part: (node: unknown) => unknown): Usage => {
  const parsed = parse(sql)
  if (!parsed.ok) return unreadable(catalog, 'a view or rule')
  const collector = new StatementCollector(catalog)
  for (const { node } of parsed.statements) collector.visit(part(node), start)
  return collector.usage.finish()
}

/** What one stored object uses by itself. */
export const unitOf = (catalog: Catalog, lead: Lead): Usage => {
  const { effects } = catalog
  if (lead.kind === 'routine') return ofRoutine(catalog, effects?.routineByOid.get(lead.oid))
  if (lead.kind === 'view') return ofText(catalog, effects?.views.get(lead.oid) ?? '', (node) => node)
  const rules = (effects?.rules.get(lead.oid) ?? []).join(';')
  return ofText(catalog, rules, (node) => {
    const rule = as(node, 'RuleStmt')
    return [list(rule?.['actions']), rule?.['whereClause']]
  })
}

/** What is stored has a bound of its own: it is read off once, whoever comes first. */
const boundedUnit = (catalog: Catalog, lead: Lead): Usage => {
  try {
    return bounded(0, () => unitOf(catalog, lead))
  } catch (error) {
    if (error instanceof TooComplex) return unreadable(catalog, `a ${lead.kind} that is too complex`)
    throw error
  }
}

const unit = (catalog: Catalog, lead: Lead): Usage => {
  const units = known.get(catalog) ?? new Map<string, Usage>()
  known.set(catalog, units)
  const key = `${lead.kind} ${lead.oid}`
  const usage = units.get(key) ?? boundedUnit(catalog, lead)
  units.set(key, usage)
  return usage
}

/** A stored object that runs in another is as trusted as that one is, and lets out what that one lets out. */
const onward = (lead: Lead, from: Lead): Lead => {
  if (lead.kind === 'view' && from.kind === 'view') return { ...lead, limit: from.limit }
  if (lead.kind === 'routine' && from.kind === 'routine') return { ...lead, trigger: lead.trigger || from.trigger }
  return lead
}

/**
 * Adds to what a statement uses what it sets off: functions that it calls, views that it reads, triggers and rules of what
 * it writes, and what those set off in turn.
 * @param trusted names of functions, `schema.function`, that aren't looked into
 */
export const follow = (usage: Usage, catalog: Catalog, trusted: (name: string) => boolean): void => {
  const seen = new Map<string, Limit>()
  const open = [...usage.leads]
  for (let lead = open.pop(); lead; lead = open.pop()) {
    const at = lead
    const limit = at.kind === 'view' ? at.limit : 0
    const key = `${at.kind} ${at.oid} ${at.kind === 'routine' && at.trigger}`
    const before = seen.get(key)
    if (before !== undefined && larger(before, limit) === before) continue
    seen.set(key, limit)
    const routine = at.kind === 'routine' ? catalog.effects?.routineByOid.get(at.oid) : undefined
    if (routine && trusted(`${routine.schema}.${routine.name}`)) continue
    const found = unit(catalog, at)
    usage.absorb(found, at)
    open.push(...found.leads.map((each) => onward(each, at)))
  }
}
