import { nodeAt, nodesIn, numberAt, textAt, type Node, type Value } from './node-text.js'

/** Columns as `relation.attribute`, by numbers. */
export type Sources = ReadonlySet<string>

/** The columns of relations, by which a whole row is taken apart. */
export type Attributes = (relation: string) => readonly number[]

/** A query and those around it: `varlevelsup` counts outward. */
interface Frame {
  readonly query: Node
  readonly outer: Frame | undefined
}

/** `rtekind` of parsenodes.h (RTEKind). */
const range = { relation: 0, subquery: 1, join: 2, function: 3, tableFunction: 4, values: 5, cte: 6, group: 9 }
/** `commandType` of nodes.h (CmdType). */
const select = 1
/** `subLinkType` of primnodes.h (SubLinkType). */
const exists = 0

const list = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : [])

/** `IS NULL` and `count(value)` (pg_proc.dat). */
const isPresence = (node: Node): boolean =>
  node.type === 'NULLTEST' || numberAt(node, 'aggfnoid') === 2147 || numberAt(node, 'winfnoid') === 2147

/**
 * From which columns each output column of a query is computed, by the tree that the server itself has resolved, with views
 * expanded (`debug_print_rewritten`). It knows no names and no policy: whatever a value is computed from, is its source.
 * What decides which rows come (WHERE, ON, EXISTS) is not: no value comes out of it. Where conditions are allowed, so is
 * what only says whether a value is there, or which rows an aggregate takes.
 */
export class ServerLineage {
  readonly #attributes: Attributes
  readonly #conditions: boolean
  /** Of CTEs that read themselves, what is known so far. */
  readonly #open = new Map<Node, Sources[]>()

  /** @param conditions whether IS NULL, count() and FILTER count as values too */
  constructor(attributes: Attributes, conditions: boolean) {
    this.#attributes = attributes
    this.#conditions = conditions
  }

  outputs(query: Node, outer?: Frame): Sources[] {
    const frame = { query, outer }
    const targets = numberAt(query, 'commandType') === select ? 'targetList' : 'returningList'
    const sets = nodeAt(query, 'setOperations')
    if (sets) return this.#set(sets, frame)
    return nodesIn(query.fields.get(targets))
      .filter((target) => textAt(target, 'resjunk') === 'false')
      .map((target) => this.#of(target.fields.get('expr'), frame))
  }

  #set(node: Node, frame: Frame): Sources[] {
    if (node.type !== 'SETOPERATIONSTMT') {
      const range = this.#rangeOf(frame, numberAt(node, 'rtindex'))
      return this.outputs(nodeAt(range, 'subquery')!, frame)
    }
    const left = this.#set(nodeAt(node, 'larg')!, frame)
    const right = this.#set(nodeAt(node, 'rarg')!, frame)
    return left.map((sources, index) => new Set([...sources, ...(right[index] ?? [])]))
  }

  #of(value: Value | undefined, frame: Frame): Set<string> {
    const sources = new Set<string>()
    this.#collect(value, frame, sources)
    return sources
  }

  #collect(value: Value | undefined, frame: Frame, into: Set<string>): void {
    if (value === undefined || typeof value === 'string') return
    if (!('type' in value)) {
      for (const each of value) this.#collect(each, frame, into)
      return
    }
    if (value.type === 'VAR') {
      for (const source of this.#variable(value, frame)) into.add(source)
    } else if (value.type === 'SUBLINK') {
      if (numberAt(value, 'subLinkType') === exists) return
      this.#collect(value.fields.get('testexpr'), frame, into)
      for (const sources of this.outputs(nodeAt(value, 'subselect')!, frame)) for (const each of sources) into.add(each)
    } else if (value.type !== 'GROUPINGFUNC' && (this.#conditions || !isPresence(value))) {
      for (const [field, each] of value.fields)
        if (this.#conditions || field !== 'aggfilter') this.#collect(each, frame, into)
    }
  }

  #rangeOf(frame: Frame, index: number): Node {
    const range = nodesIn(frame.query.fields.get('rtable'))[index - 1]
    if (!range) throw new Error(`no relation ${index} in the query`)
    return range
  }

  #variable(node: Node, from: Frame): Iterable<string> {
    let frame = from
    for (let up = numberAt(node, 'varlevelsup'); up > 0; up--) {
      if (!frame.outer) throw new Error('a column of a query outside of all')
      frame = frame.outer
    }
    return this.#attribute(this.#rangeOf(frame, numberAt(node, 'varno')), numberAt(node, 'varattno'), frame)
  }

  /** @param attribute 0 is the whole row, less than 0 a system column */
  #attribute(node: Node, attribute: number, frame: Frame): Iterable<string> {
    const columns = (all: readonly Sources[]): Sources =>
      attribute === 0 ? new Set(all.flatMap((each) => [...each])) : (all[attribute - 1] ?? new Set())
    const expressions = (field: string): Sources =>
      columns(list(node.fields.get(field)).map((each) => this.#of(each, frame)))
    switch (numberAt(node, 'rtekind')) {
      case range.relation: {
        const relation = textAt(node, 'relid')
        const attributes = attribute === 0 ? this.#attributes(relation) : [attribute]
        return attributes.filter((each) => each > 0).map((each) => `${relation}.${each}`)
      }
      case range.subquery:
        return columns(this.outputs(nodeAt(node, 'subquery')!, frame))
      case range.join:
        return expressions('joinaliasvars')
      case range.group:
        return expressions('groupexprs')
      case range.function:
        return this.#of(node.fields.get('functions'), frame)
      case range.tableFunction:
        return this.#of(node.fields.get('tablefunc'), frame)
      case range.values:
        return nodesOfValues(node, attribute).flatMap((each) => [...this.#of(each, frame)])
      case range.cte:
        return columns(this.#common(node, frame))
      default:
        return []
    }
  }

  #common(node: Node, from: Frame): readonly Sources[] {
    let frame: Frame | undefined = from
    for (let up = numberAt(node, 'ctelevelsup'); up > 0; up--) frame = frame?.outer
    const name = textAt(node, 'ctename')
    const common = frame && nodesIn(frame.query.fields.get('cteList')).find((each) => textAt(each, 'ctename') === name)
    if (!common) throw new Error(`no CTE ${name}`)
    const known = this.#open.get(common)
    if (known) return known
    // One that reads itself is computed until nothing is added.
    let outputs: Sources[] = []
    for (let size = -1; size !== count(outputs);) {
      size = count(outputs)
      this.#open.set(common, outputs)
      outputs = this.outputs(nodeAt(common, 'ctequery')!, frame)
    }
    this.#open.delete(common)
    return outputs
  }
}

const count = (all: readonly Sources[]): number => all.reduce((sum, each) => sum + each.size, 0)

const nodesOfValues = (node: Node, attribute: number): Value[] =>
  list(node.fields.get('values_lists')).flatMap((row) =>
    attribute === 0 ? list(row) : list(row).slice(attribute - 1, attribute),
  )
