import { isFields, type Fields } from '../../tree.js'
import { clean, combine, type Mark } from '../mark.js'
import type { Place, Proof } from '../proof.js'
import type { Shape } from '../scope.js'

/** The query of a subquery expression. */
export const subquery = (proof: Proof, fields: Fields, place: Place): readonly Shape[] => {
  const { windows: _notInside, ...inside } = place
  return Object.entries(isFields(fields['subselect']) ? fields['subselect'] : {}).flatMap(([type, query]) =>
    isFields(query) ? [proof.query(type, query, inside)] : [],
  )
}

/** `(SELECT …)`, `x IN (SELECT …)`, `ARRAY(SELECT …)`: their value. Only whether there are rows comes out of EXISTS. */
export const sublink = (proof: Proof, fields: Fields, place: Place): Mark => {
  const shapes = subquery(proof, fields, place)
  const tested = proof.value(fields['testexpr'], place)
  if (fields['subLinkType'] === 'EXISTS_SUBLINK') return clean
  return combine([tested, ...shapes.flatMap(({ columns }) => columns.map(({ mark }) => mark))])
}
