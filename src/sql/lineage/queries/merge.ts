import { all, type Fields } from '../../tree.js'
import { assignments, kept, returning, stored, targetOf } from './changes.js'
import { fromClause } from './from.js'
import { predicate } from '../expressions/predicate.js'
import type { Place, Proof } from '../proof.js'
import { itemOf, type Item, type Shape } from '../scope.js'
import { withClause } from './with.js'

/** What a WHEN clause sees: both sides where they match, else the one that has a row. */
const seen = (clause: Fields, target: Item, sources: readonly Item[]): readonly Item[] => {
  switch (clause['matchKind']) {
    case 'MERGE_WHEN_NOT_MATCHED_BY_TARGET':
      return sources
    case 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE':
      return [target]
    default:
      return [target, ...sources]
  }
}

/** MERGE: what it stores must not be computed from masked columns; what it does shows which rows met its conditions. */
export const merging = (proof: Proof, fields: Fields, outer: Place): Shape => {
  const place = kept(withClause(proof, fields['withClause'], outer))
  const target = targetOf(proof, fields)
  const sources = fromClause(proof, [fields['sourceRelation']], place)
  const items = [itemOf(target), ...sources]
  const within = (visible: readonly Item[]): Place => ({ ...place, scope: { items: visible, outer: place.scope } })
  predicate(proof, fields['joinCondition'], within(items))
  for (const clause of all(fields['mergeWhenClauses'], 'MergeWhenClause')) {
    const inside = within(seen(clause, itemOf(target), sources))
    predicate(proof, clause['condition'], inside)
    if (clause['commandType'] === 'CMD_INSERT') stored(proof, clause, inside)
    else assignments(proof, clause['targetList'], target, inside)
  }
  // What `*` means here begins with the source, in other changes with the target.
  return returning(proof, fields, target, within([...sources, itemOf(target)]))
}
