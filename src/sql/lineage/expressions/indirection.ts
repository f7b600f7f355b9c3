import { as, list, word, words, type Fields } from '../../tree.js'
import { lookup } from '../lookup.js'
import { combine, type Mark } from '../mark.js'
import type { Place, Proof } from '../proof.js'

/** What holds of `name(value)` holds of `(value).name`: where the value may have no such field, it is that call. */
const asCall = (proof: Proof, arg: unknown, part: unknown, place: Place): void => {
  const { routines } = proof.catalog
  const name = word(part)
  if (name === undefined || !(routines.builtin.has(name) || routines.added.has(name))) return
  proof.value({ FuncCall: { funcname: [part], args: [arg] } }, place)
}

/**
 * `(row).field`, `array[1]`: a part of a value shows the value. Of a row in FROM, the field is the column of that name.
 */
export const indirection = (proof: Proof, fields: Fields, place: Place): Mark => {
  const parts = list(fields['indirection'])
  // Where the row has no such field, a function of that name is called.
  const called = words(parts).map((name) => proof.reads([name]))
  const whole = combine([proof.value(fields['arg'], place), proof.value(parts, place), ...called])
  if (whole.kind !== 'clean') for (const part of parts) asCall(proof, fields['arg'], part, place)
  const reference = as(fields['arg'], 'ColumnRef')
  const name = parts.length === 1 ? word(parts[0]) : undefined
  if (!reference || name === undefined || whole.kind === 'clean') return whole
  const found = lookup(reference, place.scope, proof)
  if (found.kind !== 'row' || found.source.open) return whole
  const named = found.source.columns.filter((column) => column.name === name)
  return named.length === 1 && named[0] ? combine([named[0].mark]) : whole
}
