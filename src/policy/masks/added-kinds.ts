import { builtinKinds, FIRST_NORMAL, type AddedKinds, type ScanKind } from '../../masking/detectors/kinds.js'
import type { AddedType } from '../../sql/catalog/types.js'

/** Types of extensions that hold text among other things. */
const mixed = new Set(['hstore', 'ltree', 'lquery', 'ltxtquery'])

/** What added types hold: domains what they are made of, arrays what their elements do, composites perhaps anything. */
export const addedKinds = (types: readonly AddedType[]): AddedKinds => {
  const byOid = new Map(types.map((type) => [type.oid, type]))
  const kindOf = (oid: number, depth = 0): ScanKind | null => {
    const type = byOid.get(oid)
    if (!type || depth > 8) return oid < FIRST_NORMAL ? (builtinKinds.get(oid) ?? null) : null
    if (type.type === 'd') return kindOf(type.base, depth + 1)
    if (type.type === 'c') return 'record'
    if (type.element !== 0) return kindOf(type.element, depth + 1) === null ? null : 'array'
    if (type.type === 'r' || type.type === 'm') return 'structured'
    if (type.type === 'b' && type.category === 'S') return 'text'
    return mixed.has(type.name) ? 'structured' : null
  }
  return new Map(types.map(({ oid }) => [oid, kindOf(oid)]))
}
