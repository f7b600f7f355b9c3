import { resolve } from '../resolve.js'
import { all, isFields, text, type Fields } from '../tree.js'
import { columnsOf, type Mark } from './mark.js'
import type { Proof } from './proof.js'
import { columnsOf as columnsOfRelation } from './queries/relation.js'
import { masked } from './refusal.js'

/** Indexes of vectors: they answer how near others are, which is asked without them as well, and sort by nothing else. */
const searching: ReadonlySet<string> = new Set(['hnsw', 'ivfflat'])

/** What the index may show of a column: whether two rows are alike, in what order they are, and where it is NULL. */
const isShown = (proof: Proof, mark: Mark, unique: boolean): boolean => {
  const level = proof.predicates(mark)
  if (level === 'allow') return false
  return level === 'deny' || unique || mark.kind === 'derived' || proof.hidesNulls(mark)
}

/**
 * An index keeps rows in the order of its columns, in which they come out of an index-only scan; that a unique one can be made
 * tells that no two rows are alike. What it computes, and which rows it leaves out, is in references that nobody ticks off.
 * @throws {Refusal}
 */
export const indexing = (proof: Proof, fields: Fields): void => {
  if (searching.has(text(fields['accessMethod']) ?? '')) return
  const table = isFields(fields['relation']) ? fields['relation'] : {}
  const columns = resolve(proof.catalog, text(table['schemaname']), text(table['relname']) ?? '').flatMap(
    (relation) => [...columnsOfRelation(relation)],
  )
  const keys = fields['unique'] === true ? 'unique' : 'sorted'
  for (const [elements, use] of [
    [fields['indexParams'], keys],
    [fields['indexIncludingParams'], 'sorted'],
  ] as const)
    for (const { name } of all(elements, 'IndexElem'))
      for (const { name: own, mark } of columns) {
        const [subject] = own === name ? columnsOf(mark) : []
        if (subject !== undefined && isShown(proof, mark, use === 'unique'))
          throw masked(subject, use === 'unique' ? 'in a unique index' : 'in an index', 'definition')
      }
}
