import { opaqueFunction } from '../catalog/routines.js'
import type { Catalog } from '../catalog/types.js'
import type { Guess, Nearest } from '../facts.js'
import { isRangeVar, list, walk, type Fields } from '../tree.js'
import { spend } from '../work.js'
import { Findings } from './findings.js'
import { clean, columnsOf, combine, type Mark } from './mark.js'
import { type DistanceRight, leastRight, strictest, type PredicatePolicy, type Predicates } from './predicates.js'
import { masked, unproven, type Remedy } from './refusal.js'
import type { Scope, Shape } from './scope.js'
import { Width } from './width.js'

/**
 * How the aggregates of one query take its rows. The server may sort these for one of them, and all others then take them in
 * that order.
 */
export interface AggregatedRows {
  /** What they are sorted by, where that is masked. */
  readonly sorted: Mark[]
  /** Aggregates that show nothing masked, but the order of rows. */
  readonly taken: string[]
}

/** What a query may refer to from outside itself. */
export interface Place {
  readonly scope: Scope | undefined
  readonly ctes: ReadonlyMap<string, () => Shape>
  /** Whether what comes out goes to the client, or is kept in the database where masks may not follow it. */
  readonly flow: 'client' | 'kept'
  /** Told the shape of a set operation's left arm before the right one is analysed; for the outermost only. */
  readonly firstArm?: (shape: Shape) => void
  /** What the rows of this query's named windows, and their order, depend on. */
  readonly windows?: Mark
  readonly rows?: AggregatedRows
}

export const top: Place = { scope: undefined, ctes: new Map(), flow: 'client' }

/**
 * Whose text is analysed. A client chose its statement's constants, the owner of a database those of a view. A routine's
 * are its owner's, too, but what is passed to it comes from the client, and may be another value for each row.
 */
export type Author = 'client' | 'view' | 'routine'

/** How statements, expressions and single nodes are analysed. Handed in, since each of them goes on with others by the proof. */
export interface ProofRules {
  readonly query: (proof: Proof, type: string, fields: Fields, place: Place) => Shape
  readonly value: (proof: Proof, tree: unknown, place: Place) => Mark
  readonly inside: (proof: Proof, fields: Fields, place: Place) => Mark
}

/** How often nodes are looked at before it is too much: so often, and so often each. */
const STEPS = 10_000
const VISITS = 8

/**
 * One statement's proof. Soundness rests on `account`: every reference to a column or table that the rules below
 * understand is ticked off, and `complete` refuses the statement when the tree holds one that is not. So a node, a field
 * or a position that nobody thought of can't carry a masked column past the rules.
 */
export class Proof {
  readonly catalog: Catalog
  readonly author: Author
  readonly nearest: Nearest[] = []
  readonly guesses: Guess[] = []
  readonly width = new Width()
  readonly sideEffects = new Findings<string>()
  /** What acts, by what its references mean. */
  readonly #acting = new Map<Scope | undefined, Findings<true>>()
  /** Settings may change from row to row, and with them what a cast or an operator makes of a constant. */
  settingsChange = false
  /** A masked value goes into something that is computed, and that may fail by what the value is. */
  computes = false
  readonly #rules: ProofRules
  readonly #predicates: PredicatePolicy
  readonly #accounted = new Set<object>()
  readonly #searched = new Set<object>()
  /** Nodes, by the pass in which they were looked at last. */
  readonly #seen = new Map<object, number>()
  #pass = 0
  #steps = 0
  #bound = STEPS
  /** How many there are; none once that has been taken into account. */
  #nodes = () => 0
  #touches = false

  constructor(rules: ProofRules, catalog: Catalog, predicates: PredicatePolicy, author: Author = 'client') {
    this.#rules = rules
    this.catalog = catalog
    this.author = author
    this.#predicates = predicates
  }

  /** Whether any value in it is computed from a masked column, be it only in a condition. */
  get touchesMasked(): boolean {
    return this.#touches
  }

  account(reference: Fields): void {
    this.#accounted.add(reference)
  }

  /** Ticks off references in a place where they are known to be harmless. */
  accountAll(tree: unknown): void {
    walk(tree, (fields) => {
      if (isReference(fields)) this.account(fields)
    })
  }

  /** @throws {Refusal} where a reference was not understood */
  complete(tree: unknown, remedy: Remedy): void {
    walk(tree, (fields) => {
      if (isReference(fields) && !this.#accounted.has(fields)) {
        throw unproven('a reference', 'it stands in a place of the statement that is not analysed', remedy)
      }
    })
  }

  isOpaqueFunction = (name: string): boolean =>
    this.catalog.routines.added.has(name) && opaqueFunction(this.catalog.routines, undefined, name) !== undefined

  /** What functions of that name read by themselves, be it the one that is meant or another. */
  reads = (names: readonly string[]): Mark => {
    const [name, schema] = [names.at(-1) ?? '', names.at(-2)]
    const routines = this.catalog.routines.added.get(name) ?? []
    const meant = routines.filter((routine) => schema === undefined || routine.schema === schema)
    return combine(meant.map(({ reads }) => (reads.length === 0 ? clean : { kind: 'derived', columns: reads })))
  }

  /** What the policy lets conditions do with what a value comes from. */
  predicates(mark: Mark): Predicates {
    return strictest(this.#predicates, columnsOf(mark))
  }

  /** What the policy lets be done with distances of vectors in these columns. In views and functions, nothing new. */
  distances(columns: readonly string[]): DistanceRight {
    return this.author === 'client' && !this.settingsChange ? leastRight(this.#predicates, columns) : 'hide'
  }

  /** Whether any distance may be compared. */
  get comparesDistances(): boolean {
    return this.author === 'client' && (this.#predicates.distances?.size ?? 0) > 0
  }

  /** A distance from these vectors may show in which rows come out, in their order, or by itself. */
  searched(node: Fields, searches: readonly Omit<Nearest, 'limit'>[]): void {
    if (this.#searched.has(node)) return
    this.#searched.add(node)
    for (const search of searches) this.nearest.push({ ...search, limit: 'any' })
  }

  /**
   * One node is looked at.
   * @throws {Refusal} where nodes are looked at over and over: what is nested in itself takes twice as long with each level
   */
  step(): void {
    spend()
    if (++this.#steps <= this.#bound) return
    this.#bound += this.#nodes() * VISITS
    if (this.#steps > this.#bound) throw unproven('the statement', 'it is nested too deeply', 'query')
  }

  /** All that is going to be analysed. */
  within(tree: unknown): void {
    this.#nodes = () => {
      let nodes = 0
      walk(tree, () => void nodes++)
      this.#nodes = () => 0
      return nodes
    }
  }

  /** What a recursive query makes comes round again: what was known may be known otherwise now. */
  again(): void {
    this.#pass++
  }

  /** Whether a node is looked at for the first time in this pass. Nodes inside of nodes would be looked at over and over. */
  first(node: Fields): boolean {
    if (this.#seen.get(node) === this.#pass) return false
    this.#seen.set(node, this.#pass)
    return true
  }

  /** Nodes that were found to act, or not to, where references mean what they mean in that scope. */
  acting(scope: Scope | undefined): Findings<true> {
    const known = this.#acting.get(scope) ?? new Findings<true>()
    this.#acting.set(scope, known)
    return known
  }

  /** A question about masked values that the answer settles. */
  guess(guess: Guess): void {
    if (this.#predicates.guesses && this.author === 'client') this.guesses.push(guess)
  }

  /** Whether nothing may tell where a value that these columns make is NULL. Conditions that are allowed anyway do tell. */
  hidesNulls(mark: Mark): boolean {
    const { hiddenNulls } = this.#predicates
    return hiddenNulls !== undefined && columnsOf(mark).some((column) => hiddenNulls.has(column))
  }

  /** Any statement that yields rows. */
  query(type: string, fields: Fields, place: Place): Shape {
    return this.#rules.query(this, type, fields, place)
  }

  /** What the value of an expression is computed from; of several, of all of them together. */
  value(tree: unknown, place: Place): Mark {
    const mark = this.#rules.value(this, tree, place)
    this.#touches ||= mark.kind !== 'clean'
    return mark
  }

  /** What all that one node holds is computed from. */
  inside(fields: Fields, place: Place): Mark {
    return this.#rules.inside(this, fields, place)
  }

  /**
   * Any expression whose value must not depend on masked columns.
   * @param use completes “here it is used …”
   * @throws {Refusal}
   */
  untainted(tree: unknown, place: Place, use: string, remedy: Remedy): void {
    const [column] = columnsOf(this.value(tree, place))
    if (column !== undefined) throw masked(column, use, remedy)
  }

  /** The same where the policy may allow it, as it may for whatever shows only in which rows come out. */
  shownByRows(mark: Mark, use: string, remedy: Remedy): void {
    const [column] = columnsOf(mark)
    if (column !== undefined && this.author !== 'view' && this.predicates(mark) !== 'allow')
      throw masked(column, use, remedy)
  }
}

const isReference = (fields: Fields): boolean => isRangeVar(fields) || list(fields['fields']).length > 0
