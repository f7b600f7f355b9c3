import type { Catalog, Relation } from '../catalog.js'
import { ColumnUse } from './columns.js'
import { type Behind, type CascadeEvent, isInSql, type Lead } from '../effects/types.js'
import { holdsSamples, readsSamples } from '../effects/samples.js'
import type { Limit } from '../facts.js'
import { larger } from './limit.js'
import { isElsewhere, labelOf, resolve, written } from '../resolve.js'
import { anySetting } from './set-details.js'
import { deniedFunction, runsText } from '../catalog/denied.js'
import { spend } from '../work.js'

/** A view whose UPDATE calls `set_config`. */
const settings: ReadonlySet<string> = new Set(['pg_settings', 'pg_catalog.pg_settings'])

type Role = 'reads' | 'writes'

const worst = <T extends string>(one: T | 'none', other: T | 'none'): T | 'none' =>
  one === 'missing' || other === 'missing' ? ('missing' as T) : one === 'none' ? other : one

/** What a piece of SQL uses, as it is collected. */
export class Usage {
  readonly kinds = new Set<string>()
  readonly details = new Set<string>()
  readonly reads = new Set<string>()
  readonly writes = new Set<string>()
  readonly below = { reads: new Set<string>(), writes: new Set<string>() }
  readonly functions = new Set<string>()
  /** What is read or called by a name that the catalog doesn't know. */
  readonly unknown = new Set<string>()
  readonly columns = new Set<string>()
  readonly limits = new Map<string, Limit>()
  readonly vectors: { read: boolean; limit: Limit; written: boolean } = { read: false, limit: 0, written: false }
  readonly leads: Lead[] = []
  /** Relations that get another name, by their OIDs. */
  readonly renamed: (readonly [name: string, relation: number])[] = []
  readonly columnUse = new ColumnUse()
  /** Why it may do anything, where it may. */
  dynamic: string | undefined
  where: 'present' | 'missing' | 'none' = 'none'
  concurrently: 'present' | 'missing' | 'none' = 'none'
  /** Columns of which the type was asked, as the witness names them, with the type that was found. */
  readonly types = new Map<string, string>()
  limit: Limit = 0
  readonly #catalog: Catalog | undefined
  readonly #used = { reads: new Map<Relation, Limit>(), writes: new Map<Relation, Limit>() }

  constructor(catalog: Catalog | undefined) {
    this.#catalog = catalog
  }

  /**
   * A table, view or sequence that is named; with a view go the relations behind it, with a partition those it is part of.
   * @param limit how many of its rows get out at most
   * @param only whether partitions and children are left aside
   */
  relation(role: Role, schema: string | undefined, name: string, limit: Limit = 0, only = false): readonly Relation[] {
    const found = this.#catalog ? [...resolve(this.#catalog, schema, name), ...this.#renamed(name)] : []
    if (found.length === 0) this.#label(role, written(schema, name), limit)
    if (role === 'reads') this.known(schema, name, found)
    for (const relation of found) this.use(role, relation, limit, only)
    return found
  }

  /** A table whose rows are read or written: whether the catalog knows one by that name. */
  known(schema: string | undefined, name: string, found: readonly Relation[]): void {
    // What only this session can have, no reading of the catalog shows.
    if (schema === 'pg_temp') return
    if (found.length === 0 || isElsewhere(schema, found)) this.unknown.add(written(schema, name))
  }

  /** Something runs that can't be read off. */
  mayDoAnything(why: string): void {
    this.kinds.add('dynamic')
    this.dynamic ??= why
  }

  /** A change of settings, by another way than SET. */
  sets(details: readonly string[]): void {
    this.kinds.add('set')
    for (const detail of details) this.details.add(detail)
  }

  /** Values of any table's columns. */
  #samples(): void {
    this.everything('reads')
    this.columns.add('*')
    this.vectors.read = true
    this.vectors.limit = 'all'
  }

  use(role: Role, relation: Relation, limit: Limit, only = false): void {
    spend(1 + relation.bases.length + relation.ancestors.length)
    for (const each of [relation, ...relation.bases, ...relation.ancestors])
      for (const label of [labelOf(each), ...(each.formerly ?? [])]) this.#label(role, label, limit)
    this.#used[role].set(relation, larger(this.#used[role].get(relation) ?? 0, limit))
    const effects = this.#catalog?.effects
    for (const oid of (only ? undefined : effects?.below.get(relation.oid)) ?? []) {
      spend()
      const child = this.#catalog?.relations.get(oid)
      if (!child) continue
      this.below[role].add(labelOf(child))
      this.limits.set(labelOf(child), larger(this.limits.get(labelOf(child)) ?? 0, limit))
    }
    if (effects?.views.has(relation.oid)) this.leads.push({ kind: 'view', oid: relation.oid, limit })
  }

  /** Everything in a schema, or everywhere: what is there now, and what isn't known. */
  everything(role: Role, schema = '*'): void {
    this.#label(role, `${schema}.*`, 'all')
  }

  /** What changes along with a table: by its triggers and rules, by foreign keys that lead to it. */
  changes(changed: Relation, event: CascadeEvent | 'insert'): void {
    const { effects, relations } = this.#catalog ?? {}
    if (!effects) return
    const cascade = event === 'insert' ? [] : (effects.cascades[event].get(changed.oid) ?? [])
    const whole = [changed, ...changed.bases, ...cascade.flatMap((oid) => relations?.get(oid) ?? [])]
    for (const relation of whole) {
      if (relation !== changed && !changed.bases.includes(relation)) this.use('writes', relation, 0)
      for (const oid of [relation.oid, ...(effects.below.get(relation.oid) ?? [])]) {
        for (const routine of effects.triggers.get(oid) ?? [])
          this.leads.push({ kind: 'routine', oid: routine, trigger: true })
        if (effects.rules.has(oid)) this.leads.push({ kind: 'rule', oid })
      }
    }
  }

  function(schema: string | undefined, name: string): void {
    if (readsSamples(name)) this.#samples()
    const routines = this.#catalog?.routines
    const added = routines?.added.get(name)?.filter((each) => schema === undefined || each.schema === schema) ?? []
    const builtin = routines?.builtin.has(name) === true && (schema ?? 'pg_catalog') === 'pg_catalog'
    for (const each of added) this.functions.add(`${each.schema}.${name}`)
    if (builtin) this.functions.add(`pg_catalog.${name}`)
    if (!builtin && added.length === 0) {
      this.functions.add(written(schema, name))
      this.unknown.add(written(schema, name))
    }
    // That it carries nothing masked away says nothing of what it reads; a body in SQL says that itself.
    const opaque = added.some(({ safe }) => !safe)
    for (const routine of this.#catalog?.effects?.routines.get(name) ?? [])
      if ((schema === undefined || routine.schema === schema) && (opaque || isInSql(routine)))
        this.leads.push({ kind: 'routine', oid: routine.oid, trigger: false })
  }

  /**
   * A function runs that came with the server or an extension: by its own name or behind another one.
   * @param settings what `set_config` changes, where the call shows it
   */
  called(name: string, settings: readonly string[] = anySetting): void {
    if (runsText(name)) this.mayDoAnything(`${name} runs SQL that it is given`)
    if (name === 'set_config') this.sets(settings)
  }

  /** What runs by another name than a function's own. */
  behind(of: Behind, name: string): void {
    for (const [schema, called] of this.#catalog?.effects?.behind[of].get(name) ?? []) {
      this.function(schema, called)
      this.called(called)
    }
  }

  /** `row.name` and `(value).name` call the function `name` where there is no such column, also one that came with the server. */
  attribute(name: string): void {
    const routines = this.#catalog?.routines
    const isAdded = routines?.added.has(name) === true
    // Of the server's own only those that do more than compute: most columns are called as some function is.
    if (!isAdded && !(routines?.builtin.has(name) && (deniedFunction(name) || routines.volatile.has(name)))) return
    this.function(undefined, name)
    this.called(name)
  }

  /** Whether nobody knows what a function does. */
  readonly unknownFunction = (name: readonly string[]): boolean => {
    const [schema, last] = [name.at(-2), name.at(-1) ?? '']
    const added = this.#catalog?.routines.added.get(last) ?? []
    return added.some((each) => !each.safe && (schema === undefined || each.schema === schema))
  }

  condition(present: boolean): void {
    this.where = worst(this.where, present ? 'present' : 'missing')
  }

  concurrent(present: boolean): void {
    this.concurrently = worst(this.concurrently, present ? 'present' : 'missing')
  }

  bound(limit: Limit): void {
    this.limit = larger(this.limit, limit)
  }

  /** Once all is collected: which columns that comes to. */
  finish(): this {
    const vectorTypes = this.#catalog?.effects?.vectorTypes
    for (const role of ['reads', 'writes'] as const)
      for (const [relation, column, label] of this.columnUse.of(this.#used[role].keys())) {
        this.columns.add(label)
        for (const former of relation.formerly ?? []) this.columns.add(`${former}.${column.name}`)
        for (const former of column.formerly ?? []) this.columns.add(former)
        for (const kin of relation.ancestors) this.columns.add(`${labelOf(kin)}.${column.name}`)
        if (!vectorTypes?.has(column.type)) continue
        if (role === 'writes') this.vectors.written = true
        else {
          this.vectors.read = true
          this.vectors.limit = larger(this.vectors.limit, this.#used.reads.get(relation) ?? 0)
        }
      }
    return this
  }

  /** Takes in what something stored does. A view's rows get out as far as `limit` says, a trigger's own SQL is trusted. */
  absorb(other: Usage, lead: Lead): void {
    const limitOf = (limit: Limit): Limit => (lead.kind === 'view' ? lead.limit : limit)
    for (const kind of other.kinds) {
      if (kind === 'select' || kind === 'values' || (kind === 'dynamic' && lead.kind === 'routine' && lead.trigger))
        continue
      if (kind === 'dynamic') this.mayDoAnything(other.dynamic ?? 'it can’t be read')
      else this.kinds.add(kind)
    }
    for (const name of ['details', 'reads', 'writes', 'functions', 'columns'] as const)
      for (const each of other[name]) this[name].add(each)
    for (const role of ['reads', 'writes'] as const) for (const each of other.below[role]) this.below[role].add(each)
    for (const [name, limit] of other.limits) this.limits.set(name, larger(this.limits.get(name) ?? 0, limitOf(limit)))
    if (lead.kind !== 'view') this.bound(other.limit)
    this.where = worst(this.where, other.where)
    this.concurrently = worst(this.concurrently, other.concurrently)
    this.vectors.written ||= other.vectors.written
    if (!other.vectors.read) return
    this.vectors.read = true
    this.vectors.limit = larger(this.vectors.limit, limitOf(other.vectors.limit))
  }

  /** What a transaction that isn't over may have given that name to. */
  #renamed(name: string): readonly Relation[] {
    spend(this.renamed.length)
    const known = this.#catalog?.renamed?.get(name) ?? []
    const own = this.renamed.flatMap(([each, oid]) => (each === name ? [oid] : []))
    return [...new Set([...known, ...own])]
      .flatMap((oid) => this.#catalog?.relations.get(oid) ?? [])
      .filter((each) => each.name !== name)
  }

  #label(role: Role, label: string, limit: Limit): void {
    this[role].add(label)
    if (role === 'writes' && settings.has(label)) this.sets(anySetting)
    const [schema, name] = label.includes('.') ? label.split('.', 2) : [undefined, label]
    if (role === 'reads' && holdsSamples(schema, name ?? '')) this.#samples()
    if (role === 'reads') this.limits.set(label, larger(this.limits.get(label) ?? 0, limit))
  }
}
