import type { Catalog } from '../catalog/types.js'
import type { PredicatePolicy } from './predicates.js'
import { type Author, Proof } from './proof.js'
import { query } from './queries/query.js'
import { inside, value } from './expressions/value.js'

/** A proof by all the rules there are. Only here do the rules and what they are applied by meet. */
export const beginProof = (catalog: Catalog, predicates: PredicatePolicy, author?: Author): Proof =>
  new Proof({ query, value, inside }, catalog, predicates, author)
