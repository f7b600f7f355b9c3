import { opaqueFunction } from '../catalog/routines.js'
import type { Catalog } from '../catalog.js'
import { isRangeVar, list, walk, type Fields } from '../tree.js'
import { expression } from './expression.js'
import { unproven } from './refusal.js'
import type { Scope, Shape } from './scope.js'
import { query } from './query.js'

export type Predicates = 'allow' | 'equality' | 'deny'

/** What a query may refer to from outside itself. */
export interface Place {
  readonly scope: Scope | undefined
  readonly ctes: ReadonlyMap<string, () => Shape>
  /** Whether what comes out goes to the client, or is kept in the database where masks may not follow it. */
  readonly flow: 'client' | 'kept'
  /** Told the shape of a set operation's left arm before the right one is analysed; for the outermost only. */
  readonly firstArm?: (shape: Shape) => void
}

export const top: Place = { scope: undefined, ctes: new Map(), flow: 'client' }

/**
 * One statement's proof. Soundness rests on `account`: every reference to a column or table that the rules below
 * understand is ticked off, and `complete` refuses the statement when the tree holds one that is not. So a node, a field
 * or a position that nobody thought of can't carry a masked column past the rules.
 */
export class Proof {
  readonly catalog: Catalog
  readonly predicates: Predicates
  readonly #accounted = new Set<object>()

  constructor(catalog: Catalog, predicates: Predicates) {
    this.catalog = catalog
    this.predicates = predicates
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
  complete(tree: unknown): void {
    walk(tree, (fields) => {
      if (isReference(fields) && !this.#accounted.has(fields)) {
        throw unproven('a reference', 'it stands in a place of the statement that is not analysed')
      }
    })
  }

  isOpaqueFunction = (name: string): boolean =>
    this.catalog.routines.added.has(name) && opaqueFunction(this.catalog.routines, undefined, name) !== undefined

  /** Any statement that yields rows. */
  query(type: string, fields: Fields, place: Place): Shape {
    return query(this, type, fields, place)
  }

  /** Any expression none of whose values may be masked. @param use completes “here it is used …” */
  expression(tree: unknown, place: Place, use: string): void {
    expression(this, tree, place, use)
  }
}

const isReference = (fields: Fields): boolean => isRangeVar(fields) || list(fields['fields']).length > 0
